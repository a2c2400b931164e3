"""The phases in which the case form listens: consent, facts heard before, another MP's area, answers, corrections. Pure."""

from dataclasses import replace
from typing import Any

from bot.blocks import Block, buttons, text
from bot.cases import fields as content
from bot.cases.draft import CONTACTS, MOST_TRAIL, Draft
from bot.cases.fields import Field, fields
from bot.cases.flow import after_values, aside, ask, onward, with_guesses
from bot.cases.form_commands import COMMANDS
from bot.cases.form_replies import (
    TRIES_BEFORE_SKIP,
    WORDS,
    confirm_blocks,
    consent_buttons,
    elsewhere_blocks,
    noted,
    retry,
    told_back,
)
from bot.cases.guesses import fresh, from_text
from bot.cases.parse_words import payload_like
from bot.cases.reading import Reading, facts_in, read_answer
from bot.cases.steering import (
    SHORT,
    SURE_OTHER,
    Correction,
    asks_plainly,
    command,
    correction,
    is_another_matter,
    is_no_story,
    is_question,
    opens_as_correction,
    without_opening,
    yes_or_no,
)
from bot.cases.step import FormStep, Work
from bot.cases.summary import constituency_of
from bot.dialogue import talk
from bot.dialogue.deadline import answers_clock
from bot.dialogue.deadline_state import ClockState
from bot.dialogue.heard import Heard
from bot.knowledge.words import say


def consent(work: Work) -> FormStep:
    draft, office = work.draft, work.setting.office
    agreed = yes_or_no(work.heard)
    steered = command(work.heard)
    if agreed is True:
        draft.consent_version, draft.consent_at = (
            content.consent().version,
            work.setting.now.isoformat(timespec="seconds"),
        )
        return with_guesses(work, [])
    if agreed is False or steered in ("stop", "skip"):
        work.draft = Draft()
        return work.done([text(say(WORDS, "consent_no", phone=office.phone, email=office.email))])
    if is_question(work.heard, None):
        return aside(work)
    draft.tries += 1
    if draft.tries > TRIES_BEFORE_SKIP:
        work.draft = Draft()
        return work.done([text(say(WORDS, "consent_no", phone=office.phone, email=office.email))])
    return work.go_on([text(say(WORDS, "consent_unclear")), buttons(consent_buttons(), say(WORDS, "consent_again"))])


def confirm(work: Work) -> FormStep:
    draft = work.draft
    answer = yes_or_no(work.heard)
    steered = command(work.heard)
    if answer is True:
        draft.put(dict(draft.guesses), "confirmed")
        return after_values(work, [])
    if answer is False or steered == "skip":
        draft.refused += list(draft.guesses)
        draft.guesses = {}
        return onward(work, [])
    if steered in COMMANDS:
        return COMMANDS[steered](work)
    fixed = correction(work.heard)
    told = told_of(work, draft.guesses)
    if not told and is_question(work.heard, None):
        return aside(work)
    if fixed and fixed.field.id in draft.guesses and not told:
        draft.refused.append(fixed.field.id)
        draft.guesses.pop(fixed.field.id)
        draft.put(dict(draft.guesses), "confirmed")
        return change(work, fixed)
    if told:
        draft.put({**draft.guesses}, "confirmed")
        draft.drop("child") if "child" in told else None
        draft.put(told, "said")
        return after_values(work, noted(told))
    draft.tries += 1
    if draft.tries >= TRIES_BEFORE_SKIP:
        draft.refused += list(draft.guesses)
        draft.guesses = {}
        return onward(work, [])
    return work.go_on([text(say(WORDS, "confirm_unclear")), *confirm_blocks(draft)])


def elsewhere(work: Work) -> FormStep:
    draft, heard = work.draft, work.heard
    answer, fixed = yes_or_no(heard), correction(heard)
    if answer is True:
        draft.outside = True
        return onward(work, [])
    if answer is False or command(heard) in ("stop", "skip"):
        work.draft = Draft()
        return work.done([text(say(WORDS, "elsewhere_stopped"))])
    told = facts_in(heard.text, work.setting.today) if not heard.pressed else {}
    if "postcode" in told:
        return corrected(work, {"postcode": told["postcode"]})
    if fixed:
        draft.drop(fixed.field.id)
        return ask(work, fixed.field, [], again=True)
    if is_question(heard, None):
        return aside(work)
    steered = command(heard)
    if steered in ("go_back", "start_again"):
        draft.drop("postcode")
        return COMMANDS[steered](work)
    found = constituency_of(draft, work.setting)
    return work.go_on(elsewhere_blocks(found, work.setting), private=True) if found else onward(work, [])


def answer(work: Work) -> FormStep:
    """A message while a field is asked for."""
    draft, heard, field = work.draft, work.heard, work.draft.field
    if field is None:
        return onward(work, [])
    steered = command(heard, field)
    if steered:
        return COMMANDS[steered](work)
    fixed = correction(heard)
    if fixed and (fixed.field.id != field.id or heard.pressed):
        return change(work, fixed)
    if heard.pressed and heard.payload.get("field") in fields() and heard.payload["field"] != field.id:
        return change(work, Correction(fields()[heard.payload["field"]], ""), pressed=True)
    told = told_of(work, draft.values) if _corrects(heard, field) else {}
    if told and field.id not in told:
        return corrected(work, told)
    if asks_plainly(heard) or (field.kind == "text" and is_no_story(heard)):
        return aside(work)
    found = read_answer(field, heard, draft, work.setting.today, work.setting.telegram)
    if not answers(field, found) and (clock_waits(work) or (_nothing_in(found) and is_another_matter(heard, field))):
        return aside(work)
    return taken(work, field, found)


def clock_waits(work: Work) -> bool:
    """The clock asked for a date in an aside just now, and this is it."""
    state = ClockState.from_dict(work.memory.clock)
    return bool(work.draft.asides) and answers_clock(work.heard.text, state, work.setting.today)


def _corrects(heard: Heard, field: Field) -> bool:
    """ "sorry, he's in year 6"; where a story is asked for only in few words, for a story may begin so as well."""
    few = len(heard.text.split()) <= SHORT
    return opens_as_correction(heard.text) and (field.kind != "text" or few)


def _nothing_in(found: Reading) -> bool:
    """Nothing was read, not even something that must be asked about."""
    return not found.values and not found.doubt


def answers(field: Field, found: Reading) -> bool:
    if field.id == "contact":
        return any(way in found.values for way in CONTACTS)
    return field.id in found.values


def taken(work: Work, field: Field, found: Reading) -> FormStep:
    """Keeps what was read; asks again for what was not."""
    draft = work.draft
    if field.id == "child" and "child" in found.values and draft.changing:
        draft.drop("child")
    draft.put(found.values, "said")
    draft.pending, draft.event = found.pending, found.event
    draft.about = [*(name for name in draft.about if name not in found.values.get("dates", {})), *found.about]
    beside = {
        name: value
        for name, value in found.values.items()
        if name != field.id and not (field.id == "contact" and name in CONTACTS)
    }
    lead = noted(beside)
    if answers(field, found):
        draft.trail = [*draft.trail, field.id][-MOST_TRAIL:]
        if field.kind == "text" and len(work.heard.text) > field.max:
            lead = [text(say(WORDS, "shorten")), *lead]
        return after_answer(work, field, lead)
    if beside:
        return after_values(work, lead)
    draft.tries += 1
    return work.go_on(retry(field, found, draft, work.setting), private=field.private)


def after_answer(work: Work, field: Field, lead: list[Block]) -> FormStep:
    draft = work.draft
    draft.tries = draft.asides = 0
    if field.id in ("child", "relation") and _is_a_child(draft):
        lead = [*talk.urgent("child_user")["blocks"][:2], *lead]
    if field.kind == "text" and not draft.changing:
        heard = from_text(work.heard.text, work.setting)
        draft.guesses = fresh(draft, heard)
        if draft.guesses:
            return with_guesses(work, lead, "confirm_story")
    return after_values(work, lead)


def _is_a_child(draft: Draft) -> bool:
    """Whether the young person herself writes, and is younger than 16: she is told who listens to her."""
    child = draft.values.get("child", {})
    young = child.get("age", 99) < 16 or ("age" not in child and child.get("year", 99) < 11)
    return bool(draft.values.get("relation") == "young-person" and young)


def change(work: Work, fixed: Correction, pressed: bool = False) -> FormStep:
    """A named field is to change: at once where the new value was said, else it is asked for."""
    draft, field = work.draft, fixed.field
    heard = work.heard if pressed else replace(work.heard, text=fixed.rest, pressed=False, payload={})
    draft.changing = draft.phase == "review" or draft.changing
    if fixed.rest or pressed:
        found = read_answer(field, heard, Draft(), work.setting.today, work.setting.telegram)
        if answers(field, found):
            return corrected(work, found.values)
    if draft.phase == "ask" and draft.asked == "contact" and field.id in CONTACTS:
        field = fields()["contact"]
    return ask(work, field, [], again=True)


def corrected(work: Work, values: dict[str, Any]) -> FormStep:
    draft = work.draft
    if "child" in values:
        draft.drop("child")
    if "postcode" in values:
        draft.outside = False
    draft.put(values, "said")
    return after_values(work, [told_back(say(WORDS, "corrected"), values)])


def told_of(work: Work, names: Any) -> dict[str, Any]:
    """New values for known facts, from a message such as "no, year 5"."""
    if work.heard.pressed or payload_like(work.heard.text):
        return {}
    bare = without_opening(work.heard.text)
    facts = facts_in(bare, work.setting.today, "child" if "child" in names else "")
    return {name: value for name, value in facts.items() if name in names and name != "name"}


def sure(heard: Heard) -> bool:
    return heard.pressed or heard.confidence >= SURE_OTHER
