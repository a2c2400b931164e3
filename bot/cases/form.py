"""The case form as a conversation: what was heard and what is known give a reply and a new draft. Pure.

`step` is the table of contents: danger first, then what begins or pauses the form, then the phase it is in.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.blocks import Block, button, buttons, text
from bot.cases import back
from bot.cases.draft import Draft
from bot.cases.flow import DRAFTING, again, aside, begin_new
from bot.cases.form_answers import answer, confirm, consent, elsewhere, sure
from bot.cases.form_replies import RESUME, WORDS
from bot.cases.form_sending import not_stored, reviewing, sent
from bot.cases.parse_words import parse_text, payload_like
from bot.cases.reading import only_answers
from bot.cases.steering import command, correction, yes_or_no
from bot.cases.step import FormSetting, FormStep, Submission, Visit, Visited, Work
from bot.dialogue import talk
from bot.dialogue.heard import Heard
from bot.dialogue.memory import Memory
from bot.knowledge.words import say
from bot.outcomes import Outcome

__all__ = [
    "FormSetting",
    "FormStep",
    "Submission",
    "Visit",
    "Visited",
    "not_stored",
    "sent",
    "step",
    "takes_up",
    "visited",
]

COMING_BACK = frozenset({"case_status", "case_add", "case_withdraw"})
CAUTION_IN_A_STORY = 0.4  # below it, ordinary trouble at school is too often meant
visited = back.visited


def step(heard: Heard, memory: Memory, setting: FormSetting) -> FormStep:
    """One message of the form: its start and every further one."""
    work = Work.begin(heard, memory, setting)
    heard = work.heard = with_care(work)
    if heard.urgent and not _is_an_answer(work):
        return urgent(work)
    if work.memory.awaiting == "erase" and yes_or_no(heard) is not None:
        return aside(work)
    if heard.intent == "letter" and sure(heard):
        return to_the_letter(work)
    if begins(work):
        return begin(work)
    if resumes(work):
        return carry_on(work)
    return PHASES[work.draft.phase](work)


def with_care(work: Work) -> Heard:
    """A story in which danger may be meant is read as danger: its words are kept, and signposts cost only a line."""
    heard, asked = work.heard, work.draft.field
    told = work.draft.phase == "ask" and asked is not None and asked.kind == "text"
    near = told and heard.groups.get("urgent", 0.0) >= CAUTION_IN_A_STORY
    return replace(heard, urgent=heard.caution) if heard.caution and near else heard


def takes_up(heard: Heard, memory: Memory) -> bool:
    """Whether a message typed outside the form is about a case that waits for its review: send it, change something in it."""
    draft = Draft.from_dict(memory.case_draft)
    if heard.urgent or heard.pressed or draft.phase not in DRAFTING or not draft.consent_version:
        return False
    steered = command(heard)
    if draft.phase != "review" or "?" in heard.text:
        return steered == "send"
    return steered in ("send", "review") or bool(correction(heard)) or (heard.intent == "change" and sure(heard))


def _is_an_answer(work: Work) -> bool:
    """ "I'm his gran" or "I am 17", said when asked for it, is sometimes heard as danger; words of danger have no place in it."""
    asked = work.draft.field
    return work.draft.phase == "ask" and asked is not None and only_answers(asked, work.heard, work.setting.today)


def begins(work: Work) -> bool:
    draft, heard = work.draft, work.heard
    if draft.phase in ("", "sent"):
        return True
    return (
        heard.intent in COMING_BACK and sure(heard) and (draft.phase not in DRAFTING or heard.intent == "case_status")
    )


def begin(work: Work) -> FormStep:
    if work.heard.intent in COMING_BACK:
        return back.begin(work, resume_phase=work.draft.phase if work.draft.phase in DRAFTING else None)
    if work.heard.pressed and work.heard.intent in ("send", "change") and work.draft.phase == "sent":
        return work.done([text(say(WORDS, "sent_before", reference=work.draft.reference or ""))], Outcome.HANDED_OFF)
    if work.setting.open_case:
        work.draft = Draft(phase="again", reference=work.setting.open_case)
        return work.go_on(back.again_blocks(work.setting.open_case))
    return begin_new(work)


def resumes(work: Work) -> bool:
    """ "Talk to a person" said again, or the button that carries on. In free text it may be the answer."""
    if work.draft.phase not in DRAFTING or work.heard.intent != "handoff":
        return False
    asked = work.draft.field
    free = work.draft.phase == "ask" and asked is not None and asked.kind == "text"
    return work.heard.pressed or (not free and sure(work.heard))


def carry_on(work: Work) -> FormStep:
    draft, office = work.draft, work.setting.office
    lead: list[Block] = []
    if not (draft.paused or draft.asides or draft.safeguarding):
        lead = [text(say(WORDS, "to_a_person", phone=office.phone, email=office.email))]
    draft.paused, draft.asides = False, 0
    return again(work, lead)


def urgent(work: Work) -> FormStep:
    """Signposts first. What was written in answer to an open question is kept, so that nobody has to write it twice."""
    heard, draft = work.heard, work.draft
    found = talk.urgent(str(heard.urgent))
    if draft.phase not in DRAFTING:
        return FormStep(found, work.memory, active=draft.phase not in ("", "sent"))
    draft.safeguarding = heard.urgent
    asked = draft.field
    if draft.phase == "ask" and asked and asked.kind == "text" and not heard.pressed and not payload_like(heard.text):
        value = parse_text(heard.text, asked.max)
        if value:
            draft.put({asked.id: value}, "said")
    blocks = [
        *found["blocks"],
        text(say(WORDS, "urgent_resume")),
        buttons([button(say(WORDS, "resume_button"), RESUME)]),
    ]
    return work.go_on(blocks, Outcome.URGENT, private=True)


def to_the_letter(work: Work) -> FormStep:
    """The letter form takes over; the draft waits."""
    work.draft.paused = work.draft.phase in DRAFTING
    lead: list[Block] = [text(say(WORDS, "letter_first"))] if work.draft.paused else []
    return work.done(lead, hand_to="letter_form")


PHASES: dict[str, Callable[[Work], FormStep]] = {
    "consent": consent,
    "confirm": confirm,
    "ask": answer,
    "elsewhere": elsewhere,
    "review": reviewing,
    **back.PHASES,
}
