"""The replies of the case form: consent, questions, what was noted, the review, what follows the sending. Pure."""

from collections.abc import Iterable
from typing import Any

from bot.blocks import Block, Button, Review, ReviewItem, bullets, button, buttons, heading, links, text
from bot.cases.constituency import Constituency
from bot.cases.draft import CONTACTS, Draft
from bot.cases.fields import Field, consent, fields, load
from bot.cases.reading import Reading, offered
from bot.cases.shown import shown
from bot.cases.step import FormSetting
from bot.knowledge.words import say

WORDS = "case"
TRIES_BEFORE_SKIP = 2
SKIP = "/skip"
RESUME = "/handoff"


def consent_blocks(setting: FormSetting) -> list[Block]:
    """What is stored, for what, how long, who reads it; then yes or no."""
    told = consent()
    office = setting.office
    return [
        heading(told.title),
        text(told.what.replace("{mp}", office.mp)),
        bullets([line.replace("{mp}", office.mp) for line in told.lines]),
        text(told.close),
        text(say(WORDS, "consent_hint", phone=office.phone, email=office.email)),
        buttons(consent_buttons(), told.question),
    ]


def consent_buttons() -> list[Button]:
    """Yes and no."""
    return [button(consent().yes_button, "/affirm"), button(consent().no_button, "/deny")]


def question(field: Field, draft: Draft, setting: FormSetting, again: bool = False) -> list[Block]:
    """One question with what can be chosen; a field that may be left out can be skipped by button."""
    words = field.again if again else field.question
    known: list[Block] = []
    if draft.changing and field.id in draft.values:
        known = [told_back(say(WORDS, "change_was"), {field.id: draft.values[field.id]})]
    return [text(words), *known, buttons(field_buttons(field, draft, setting))]


def told_back(title: str, values: dict[str, Any]) -> Block:
    """Values said back. As review items, so that names and contacts are left out of the stored conversation."""
    items = [_item(name, label(name), shown(name, value), "said") for name, value in values.items() if name != "chat"]
    return {"type": "review", "title": title, "items": items}


def field_buttons(field: Field, draft: Draft, setting: FormSetting) -> list[Button]:
    """The choices of a field, and skip."""
    items = [button(choice.title, value_payload(field.id, choice.id)) for choice in offered(field)]
    if field.id == "contact" and setting.telegram:
        items.append(button(say(WORDS, "contact_chat"), value_payload("contact", "chat")))
    if draft.changing:
        items.append(button(say(WORDS, "keep_button"), "/go_back"))
        return [*items, button(say(WORDS, "leave_out_button"), SKIP)] if not field.required else items
    if not field.required or draft.tries >= TRIES_BEFORE_SKIP:
        items.append(button(say(WORDS, "skip_button"), SKIP))
    return items


def value_payload(field: str, value: str) -> str:
    """The payload of a button that answers a field."""
    return f'/choose{{"field": "{field}", "value": "{value}"}}'


def resume(field: Field, draft: Draft, setting: FormSetting, light: bool) -> list[Block]:
    """Back to the form after something else; lightly after several questions in a row."""
    if light:
        return [buttons([button(say(WORDS, "resume_button"), RESUME)], say(WORDS, "resume_light"))]
    return [text(say(WORDS, "resume", question=field.again)), buttons(field_buttons(field, draft, setting))]


def retry(field: Field, found: Reading, draft: Draft, setting: FormSetting) -> list[Block]:
    """What was not understood, asked again; after two tries it can be skipped."""
    words = say(WORDS, found.doubt, **found.told) if found.doubt else field.retry
    blocks: list[Block] = [text(words)]
    if draft.tries >= TRIES_BEFORE_SKIP:
        blocks.append(text(say(WORDS, "offer_skip")))
    options = [button(label, value_payload(field.id, value)) for value, label in found.options]
    return [*blocks, buttons([*options, *field_buttons(field, draft, setting)])]


def noted(values: dict[str, Any]) -> list[Block]:
    """What was taken beside the answer, said back."""
    said = {name: value for name, value in values.items() if name not in ("story", "chat")}
    blocks: list[Block] = [told_back(say(WORDS, "noted"), said)] if said else []
    return [*([text(say(WORDS, "noted_story"))] if "story" in values else []), *blocks]


def label(name: str) -> str:
    """What a field is called."""
    return fields()[name].label if name in fields() else say(WORDS, "label_telegram")


def confirm_blocks(draft: Draft, intro: str = "confirm_intro") -> list[Block]:
    """Facts heard before, for a yes or no in one go."""
    choices = [button(say(WORDS, "confirm_yes"), "/affirm"), button(say(WORDS, "confirm_no"), "/deny")]
    return [told_back(say(WORDS, intro), draft.guesses), buttons(choices, say(WORDS, "confirm_question"))]


def elsewhere_blocks(found: Constituency, setting: FormSetting) -> list[Block]:
    """Another MP's area: told kindly why, pointed to the right one, free to correct it."""
    own, finder = setting.office.constituency, load("postcodes")["finder"]
    named = say(WORDS, "elsewhere_named", name=found.name) if found.name else say(WORDS, "elsewhere", constituency=own)
    choices = [
        button(say(WORDS, "elsewhere_yes", constituency=own), "/affirm"),
        button(say(WORDS, "elsewhere_other"), '/change{"field": "postcode"}'),
        button(say(WORDS, "elsewhere_no"), "/deny"),
    ]
    return [
        text(named),
        text(say(WORDS, "elsewhere_why")),
        links([finder]),
        text(f"{say(WORDS, 'elsewhere_help')} {say(WORDS, 'elsewhere_go_on_guide', constituency=own)}"),
        buttons(choices),
    ]


def review_blocks(
    draft: Draft, setting: FormSetting, calculated: Iterable[str], found: Constituency | None
) -> list[Block]:
    """Everything that would be sent, and what can be done with it."""
    items = [*_items(draft), *_constituency_item(found, setting), *_calculated(calculated)]
    review: Review = {"type": "review", "title": say(WORDS, "review_title"), "items": items}
    return [review, buttons(review_buttons(), say(WORDS, "review_question"))]


def review_buttons() -> list[Button]:
    """Send, change, stop."""
    return [
        button(say(WORDS, "send_button"), "/send"),
        button(say(WORDS, "change_button"), "/change"),
        button(say(WORDS, "stop_button"), "/stop"),
    ]


def _items(draft: Draft) -> list[ReviewItem]:
    found: list[ReviewItem] = []
    for field in fields().values():
        if field.id == "contact":
            if "chat" in draft.values:
                found.append(
                    _item("contact", say(WORDS, "label_telegram"), say(WORDS, "value_telegram"), draft.basis["chat"])
                )
            elif not draft.has("contact"):
                found.append(_item("contact", field.label, say(WORDS, "not_given"), "said"))
        elif field.id in draft.values:
            found.append(_item(field.id, field.label, shown(field.id, draft.values[field.id]), draft.basis[field.id]))
        elif field.required:
            found.append(_item(field.id, field.label, say(WORDS, "not_given"), "said"))
    return found


def _item(field: str, name: str, value: str, basis: Any) -> ReviewItem:
    return {"field": field, "label": name, "value": value, "basis": basis}


def _constituency_item(found: Constituency | None, setting: FormSetting) -> list[ReviewItem]:
    if found is None:
        return []
    name = found.name or setting.office.constituency
    if found.result == "no":
        name = setting.office.constituency
    words = say(WORDS, f"constituency_{found.result}", name=name)
    return [_item("postcode", say(WORDS, "label_constituency"), words, "calculated")]


def _calculated(lines: Iterable[str]) -> list[ReviewItem]:
    return [_item("dates", say(WORDS, "label_deadlines"), line, "calculated") for line in lines]


def change_blocks(draft: Draft) -> list[Block]:
    """Each thing that can be changed."""
    names = [field.id for field in fields().values() if field.id != "contact" or not draft.has("contact")]
    shown_names = [name for name in names if name not in CONTACTS or name in draft.values]
    items = [button(label(name), f'/change{{"field": "{name}"}}') for name in shown_names]
    return [buttons(items, say(WORDS, "change_what"))]


def sent_blocks(reference: str, code: str, clock: str, setting: FormSetting) -> list[Block]:
    """The reference with its code, what happens next, and that no clock has stopped.

    Args:
        clock: what to say of the dates that go on.
    """
    return [
        text(say(WORDS, "sent", mp=setting.office.mp)),
        {"type": "reference", "reference": reference, "code": code},
        text(say(WORDS, "sent_code")),
        text(say(WORDS, "sent_next")),
        bullets([say(WORDS, f"sent_next_{number}") for number in (1, 2, 3)], ordered=True),
        text(clock),
        text(say(WORDS, "sent_back")),
    ]
