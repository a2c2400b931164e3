"""The moves of the case form that every phase shares: ask on, say again, answer a question aside, show the review. Pure."""

from dataclasses import replace
from typing import Any

from bot.blocks import Block, button, buttons, text
from bot.cases.clock import deadlines
from bot.cases.draft import Draft
from bot.cases.fields import Field, load
from bot.cases.form_replies import (
    RESUME,
    WORDS,
    confirm_blocks,
    consent_blocks,
    consent_buttons,
    elsewhere_blocks,
    question,
    resume,
    review_blocks,
    review_buttons,
)
from bot.cases.guesses import dates_told, derived, fresh, from_before, from_text
from bot.cases.step import FormStep, Work
from bot.cases.summary import constituency_of
from bot.dialogue.deadline_state import ClockState
from bot.knowledge.words import say

ASIDES_BEFORE_LIGHT = 2
DRAFTING = frozenset({"consent", "confirm", "ask", "elsewhere", "review"})


def begin_new(work: Work) -> FormStep:
    """A new draft: consent first."""
    work.draft = Draft(phase="consent", key=work.setting.token, topic=work.memory.topic)
    work.draft.guesses = fresh(work.draft, from_before(work.memory, work.setting))
    if not work.heard.pressed:
        work.draft.guesses |= fresh(work.draft, from_text(work.heard.text, work.setting))
    return work.go_on(consent_blocks(work.setting))


def again(work: Work, lead: list[Block]) -> FormStep:
    """Where the form stands, said once more."""
    draft = work.draft
    if draft.phase == "ask":
        field = draft.field
        if field is None or (draft.has(field.id) and not draft.changing):
            return onward(work, lead)
        return ask(work, field, lead, again=True)
    if draft.phase == "consent":
        return work.go_on([*lead, *consent_blocks(work.setting)])
    if draft.phase == "confirm":
        return work.go_on([*lead, *confirm_blocks(draft)])
    return onward(work, lead)


def onward(work: Work, lead: list[Block]) -> FormStep:
    """The next question; the review when none is left."""
    draft = work.draft
    if draft.changing:
        return review(work, lead)
    following = next(iter(draft.open_fields()), None)
    if following is None:
        return review(work, lead)
    if following.id in ("stage", "issue", "dates"):
        draft.guesses = fresh(draft, dates_told(work.memory))
        guess = fresh(draft, derived(draft, work.setting.today))
        if draft.guesses or following.id in guess:
            return with_guesses(work, lead)
    return ask(work, following, lead)


def ask(work: Work, field: Field, lead: list[Block], again: bool = False) -> FormStep:
    draft = work.draft
    draft.phase, draft.asked, draft.tries, draft.pending, draft.event = "ask", field.id, 0, None, None
    return work.go_on([*lead, *question(field, draft, work.setting, again)], private=field.private)


def with_guesses(work: Work, lead: list[Block], intro: str = "confirm_intro") -> FormStep:
    """Offers what was heard before for a yes in one go, then asks on."""
    draft = work.draft
    draft.guesses |= fresh(draft, derived(draft, work.setting.today))
    draft.guesses = fresh(draft, draft.guesses)
    if not draft.guesses:
        return onward(work, lead)
    draft.phase, draft.tries = "confirm", 0
    return work.go_on([*lead, *confirm_blocks(draft, intro)])


def after_values(work: Work, lead: list[Block]) -> FormStep:
    """New dates reach the clock; a new postcode decides whose constituent this is."""
    draft = work.draft
    tell_the_clock(work)
    found = constituency_of(draft, work.setting)
    if found and found.borough and not draft.has("council") and "council" not in draft.skipped:
        draft.put({"council": borough()}, "calculated")
    if found and found.result == "no" and not draft.outside:
        draft.phase = "elsewhere"
        return work.go_on([*lead, *elsewhere_blocks(found, work.setting)], private=True)
    field = draft.field
    if draft.phase == "ask" and field and not draft.has(field.id) and field.id not in draft.skipped:
        return ask(work, field, lead, again=True)
    return onward(work, lead)


def borough() -> str:
    return str(load("postcodes")["borough"])


def tell_the_clock(work: Work) -> None:
    """Dates told to the form serve questions in the middle as well."""
    dates = work.draft.values.get("dates", {})
    if dates:
        known, about = work.memory.clock.get("facts", {}), work.memory.clock.get("about", [])
        told = {**work.memory.clock, "facts": {**known, **dates}, "about": [*about, *work.draft.about]}
        work.memory.clock = ClockState.from_dict(told).to_dict()


def review(work: Work, lead: list[Block]) -> FormStep:
    """Everything that would be sent."""
    draft = work.draft
    draft.phase, draft.asked, draft.tries, draft.changing = "review", None, 0, False
    return work.go_on([*lead, *review_of(work)], private=True)


def review_of(work: Work) -> list[Block]:
    draft, setting = work.draft, work.setting
    limits = deadlines(draft.values.get("dates", {}), setting.today)
    lines = [one.words for one in limits if one.open]
    return review_blocks(draft, setting, lines, constituency_of(draft, setting))


def aside(work: Work) -> FormStep:
    """A question is answered, then the form goes on where it was."""
    draft = work.draft
    found, memory = work.setting.aside(work.heard, replace(work.memory))
    if (found.get("detail") or {}).get("erase"):
        return FormStep(found, memory, active=False)
    work.memory = memory
    draft.asides += 1
    blocks = [block for block in map(without_handoff, found["blocks"]) if block.get("items", True)]
    waits = memory.awaiting == "erase"
    step_ = work.go_on([*blocks, *([] if waits else resuming(work))], private=private(work))
    return replace(step_, reply={**found, **kept(step_.reply)})  # type: ignore[typeddict-item]


def kept(reply: Any) -> dict[str, Any]:
    """Of the form's own wrapping: the blocks, and whether the next message is private."""
    return {name: reply[name] for name in ("blocks", "detail") if name in reply}


def without_handoff(block: Block) -> Block:
    """The parent is on the way to the office already."""
    if block["type"] != "buttons":
        return block
    return {**block, "items": [item for item in block["items"] if item["payload"] != RESUME]}


def resuming(work: Work) -> list[Block]:
    draft = work.draft
    light = draft.asides > ASIDES_BEFORE_LIGHT
    if draft.phase == "ask" and draft.field and not light:
        return resume(draft.field, draft, work.setting, light)
    if light:
        return [buttons([button(say(WORDS, "resume_button"), RESUME)], say(WORDS, "resume_light"))]
    if draft.phase == "consent":
        return [buttons(consent_buttons(), say(WORDS, "consent_again"))]
    if draft.phase == "review":
        return [buttons(review_buttons(), say(WORDS, "review_short"))]
    if draft.phase == "confirm":
        return confirm_blocks(draft)
    return [buttons([button(say(WORDS, "resume_button"), RESUME)], say(WORDS, "resume_light"))]


def private(work: Work) -> bool:
    return work.draft.phase in ("review", "elsewhere") or bool(work.draft.field and work.draft.field.private)


def stop(work: Work) -> FormStep:
    """Nothing is sent and nothing is kept."""
    work.draft = Draft()
    return work.done([text(say(WORDS, "stopped"))])


def start_again(work: Work) -> FormStep:
    """All answers are let go; the consent stands."""
    old = work.draft
    work.draft = Draft(
        phase="ask", key=work.setting.token, consent_version=old.consent_version, consent_at=old.consent_at
    )
    work.draft.safeguarding = old.safeguarding
    return onward(work, [text(say(WORDS, "started_again"))])
