"""What the small engine of the browser tests says: one reply for each kind of block, chosen by a word of the message."""

import base64
from typing import Any

from bot.blocks import bullets, button, buttons, heading, links, text

Body = dict[str, Any]

GOV = {
    "text": "Children and Families Act 2014, section 36",
    "url": "https://www.legislation.gov.uk/ukpga/2014/6/section/36",
}
SOURCES = {
    "type": "sources", "entry": "refusal-to-assess", "version": "12ab34cd",
    "law": ["Children and Families Act 2014, section 36(8): the council must assess if both parts of the test are met."],
    "items": [GOV, {"text": "Advice page", "url": "https://example.org/advice"}], "law_as_at": "2026-11-01", "review_by": "2027-03-01",
}  # fmt: skip
MORE = {
    "type": "more", "summary": "Tell me more",
    "paragraphs": ["The test has two parts. The child has or may have special educational needs. A plan may be necessary."],
}  # fmt: skip
ROWS = [
    {"label": "You asked for an assessment", "date": "2026-07-06", "status": "done", "detail": "", "provision": "Section 36"},
    {"label": "The council had to decide", "date": "2026-08-17", "status": "overdue", "detail": "This is six weeks after you asked.", "provision": "Regulation 5"},
    {"label": "Last day to appeal", "date": "2027-01-11", "status": "due", "detail": "Aim for 4 January, to be safe.", "provision": "Tribunal rule 20"},
    {"label": "The plan has to be final", "date": "2027-03-15", "status": "later", "detail": "", "provision": "Regulation 13"},
    {"label": "The first review", "date": None, "status": "later", "detail": "Within a year of the plan.", "provision": "Section 44"},
]  # fmt: skip
ICS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
PERSON = button("Talk to the office", "/handoff")
LETTER = {
    "type": "letter", "letter": "request-assessment", "title": "Asking for an assessment",
    "paragraphs": ["Dear Sir or Madam", "I am the parent of [your child's name]. Please assess the needs of my child under section 36.", "Yours faithfully\n[your name]"],
    "missing": ["your child's name", "your name"],
}  # fmt: skip
REVIEW = {
    "type": "review", "title": "This is what would go to the office",
    "items": [
        {"field": "story", "label": "What has happened", "value": "The council said no to an assessment.", "basis": "said"},
        {"field": "phone", "label": "Phone", "value": "07700 900123", "basis": "confirmed"},
        {"field": "dates", "label": "Dates", "value": "Last day to appeal: 11 January 2027", "basis": "calculated"},
    ],
}  # fmt: skip


def file(name: str, mime: str, label: str, content: bytes) -> Body:
    """A file block."""
    return {"type": "file", "name": name, "mime": mime, "label": label, "content": base64.b64encode(content).decode()}


def reply(outcome: str, *blocks: Any) -> list[Body]:
    """One reply of these blocks."""
    return [{"blocks": list(blocks), "outcome": outcome, "entries": [], "confidence": None}]


def answer(body: Body) -> list[Body]:
    """The reply to a message; buttons lead on by their payload, typed words by what stands in them."""
    said = (body["payload"] or body["text"]).lower()
    for word, make in SAYS.items():
        if word in said:
            return make(body)
    return reply("answered", text(f"You said: {body['text']}"))


def refused(body: Body) -> list[Body]:
    steps = ["Check the date on the letter.", "Ask for mediation advice within two months.", "Send the appeal."]
    short = text(
        "The council can say no, but it must say why. You can appeal. You have two months from the date on the letter."
    )
    tools = buttons(
        [button("Work out my date", "/deadline"), button("Write the letter", "/letter"), PERSON], "What next?"
    )
    [found] = reply("answered", short, heading("What to do now"), bullets(steps, ordered=True), MORE, SOURCES, tools)
    return [{**found, "entries": ["refusal-to-assess@12ab34cd"]}]


def deadline(body: Body) -> list[Body]:
    timeline = {"type": "timeline", "title": "Your timeline", "rows": ROWS}
    calendar = file("send-dates.ics", "text/calendar", "Add the dates to my calendar", ICS)
    return reply("deadline", text("Your last day to appeal is Monday 11 January 2027."), timeline, calendar, SOURCES)


def letter(body: Body) -> list[Body]:
    word = file(
        "letter.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "Download the letter (Word)",
        b"PK-docx",
    )
    return reply("letter", text("Here is the letter. Check it before you send it."), LETTER, word)


def unsure(body: Body) -> list[Body]:
    choices = [
        button("Asking for an assessment", "/refus"),
        button("The yearly review", "/yearly"),
        button("Something else", "/else"),
    ]
    return reply("asked_back", text("I am not sure which you mean."), buttons(choices, "Did you mean"))


def consent(body: Body) -> list[Body]:
    yes_no = buttons(
        [button("Yes, go on", "/yes_consent"), button("No", "/deny")], "May I keep what you tell me for your case?"
    )
    return reply(
        "handed_off", heading("Before we start"), text("The office reads your case. You read it through first."), yes_no
    )


def review(body: Body) -> list[Body]:
    choices = [button("Send it to the office", "/send_case"), button("Stop, do not send", "/stop")]
    return reply("handed_off", REVIEW, buttons(choices, "Nothing has been sent yet. Shall I send it?"))


def sent(body: Body) -> list[Body]:
    return reply(
        "handed_off",
        text("Your case is with the office."),
        {"type": "reference", "reference": "SD-7KQ4-XM2P", "code": "4821 7730"},
    )


def change(body: Body) -> list[Body]:
    return reply("handed_off", text("What is the right phone number?"))


def urgent(body: Body) -> list[Body]:
    ways = links([{"text": "Ring 999", "url": "tel:999"}, {"text": "Samaritans", "url": "https://www.samaritans.org/"}])
    return reply("urgent", text("If someone is in danger now, ring 999."), ways)


def hostile(body: Body) -> list[Body]:
    bad = "<img src=x onerror=alert(1)>"
    urls = [
        "javascript:alert(1)",
        "http://example.org/",
        "data:text/html,x",
        "//example.org/",
        "/\\example.org",
        "/chat/person",
    ]
    return reply(
        "answered",
        text(bad),
        heading(bad),
        bullets([bad]),
        links([{"text": bad, "url": url} for url in urls]),
        {"type": "unheard-of", "text": "x"},
        {"type": "constructor"},
    )


def arabic(body: Body) -> list[Body]:
    return reply("answered", text("مرحبا، يمكنك أن تكتب بلغتك."), bullets(["خطوة أولى", "EHC plan خطوة"]))


def long(body: Body) -> list[Body]:
    return reply(
        "answered",
        heading("The first line"),
        *[text(f"Paragraph {number}. " + "A long answer has many lines. " * 6) for number in range(1, 12)],
    )


SAYS = {
    "/yes_consent": review, "/send_case": sent, "/change": change, "/handoff": consent, "/deadline": deadline, "/letter": letter, "/refus": refused,
    "refus": refused, "date": deadline, "letter": letter, "not sure": unsure, "danger": urgent, "hostile": hostile, "arabic": arabic, "long": long,
}  # fmt: skip
