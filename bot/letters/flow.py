"""The moves of the letter form: begin a letter, ask on, show it, offer titles, answer aside, stop. Pure."""

from dataclasses import replace
from typing import Any

from bot.blocks import Block, buttons, text
from bot.knowledge.words import say
from bot.letters.choosing import likely
from bot.letters.content import LetterFact, LetterKind
from bot.letters.draft import Draft
from bot.letters.known import defaults, tell_clock, told
from bot.letters.library import offered
from bot.letters.replies import (
    WORDS,
    choice_blocks,
    held_blocks,
    intro_blocks,
    letter_blocks,
    menu_blocks,
    office,
    question_blocks,
    resume,
    told_back,
)
from bot.letters.step import LetterStep, Work
from bot.outcomes import Outcome


def begin(work: Work, letter: LetterKind) -> LetterStep:
    """Turns to a letter: says what it does and what is known, then asks for what is missing."""
    if letter.held(work.setting.today):
        return work.done(held_blocks(letter), Outcome.HELD)
    draft = work.draft
    draft.begin(letter.id)
    found = {
        name: value
        for name, value in told(letter, work.heard, work.memory, work.setting.today).items()
        if name not in draft.values
    }
    draft.values = {**defaults(letter, work.setting.office), **draft.values, **found}
    named = {
        name: value
        for name, value in draft.values.items()
        if name in letter.facts and (name in found or letter.facts[name].asked)
    }
    return ask_on(work, intro_blocks(letter, named, len(open_facts(work))))


def open_facts(work: Work) -> list[LetterFact]:
    """The facts still to be asked."""
    draft = work.draft
    return [
        fact for fact in work.needed() if fact.asked and fact.id not in draft.values and fact.id not in draft.skipped
    ]


def ask_on(work: Work, lead: list[Block]) -> LetterStep:
    """The next question; the letter when none is left."""
    following = next(iter(open_facts(work)), None)
    return show(work, lead) if following is None else ask(work, following, lead)


def ask(work: Work, fact: LetterFact, lead: list[Block], again: bool = False) -> LetterStep:
    """Asks for one fact."""
    draft = work.draft
    if draft.asked != fact.id:
        draft.tries, draft.pending = 0, None
    draft.phase, draft.asked = "ask", fact.id
    return work.go_on(question_blocks(fact, lead, draft.changing, again), private=fact.kind in ("text", "name"))


def show(work: Work, lead: list[Block]) -> LetterStep:
    """The whole letter, with its file; the form stays open for changes. What is blank now is not asked again."""
    letter, draft = work.letter, work.draft
    if letter is None:
        return offer(work)
    changed, draft.changing = draft.changing, False
    draft.skipped += [fact.id for fact in open_facts(work)]
    draft.phase, draft.asked, draft.tries, draft.pending, draft.misses = "shown", None, 0, None, 0
    blocks = letter_blocks(letter, work.filled(letter), work.setting.today, changed)
    return work.go_on([*lead, *blocks], private=True)


def put(work: Work, fact: LetterFact, value: str) -> None:
    """Keeps an answer, and tells the clock of a date."""
    work.draft.put(fact.id, value)
    tell_clock(fact, value, work.memory)


def offer(work: Work, key: str = "choose", everything: bool = False) -> LetterStep:
    """Titles to choose from: those that fit the talk first."""
    draft = work.draft
    first = [resume()] if work.letter and draft.phase in ("ask", "shown") else []
    fitting = () if everything else likely(work.heard, work.memory.topic, work.setting.known)
    draft.phase, draft.asked, draft.changing = "choose", None, False
    if fitting:
        return work.go_on(choice_blocks("choose_likely", fitting, first, everything=False), Outcome.ASKED_BACK)
    return work.go_on(choice_blocks(key, offered(), first, everything=True), Outcome.ASKED_BACK)


def go_on_with(work: Work, lead: list[Block]) -> LetterStep:
    """Where the letter stands, said once more; titles where there is none."""
    letter, fact = work.letter, work.fact
    if letter is None:
        return offer(work)
    if work.draft.phase == "ask" and fact is not None:
        return ask(work, fact, lead, again=True)
    return ask_on(work, lead)


def menu(work: Work) -> LetterStep:
    """What can be changed."""
    if work.letter is None:
        return offer(work)
    return work.go_on(menu_blocks(work.needed(), []), private=True)


def change(work: Work, fact: LetterFact) -> LetterStep:
    """Asks one fact anew; the letter follows."""
    draft = work.draft
    draft.changing = draft.changing or draft.phase == "shown"
    value = draft.values.get(fact.id)
    lead: list[Block] = [told_back("gone_back", {fact: value})] if value else []
    draft.asked = None
    return ask(work, fact, lead)


def changed(work: Work, fact: LetterFact) -> LetterStep:
    """A fact was changed by name: the letter again where it was shown, else the question that was open."""
    draft = work.draft
    lead: list[Block] = [told_back("noted", {fact: draft.values[fact.id]})]
    if draft.phase == "shown":
        draft.changing = True
        return ask_on(work, lead)
    asked = work.fact
    if asked is None or asked.id == fact.id:
        return ask_on(work, lead)
    return ask(work, asked, lead, again=True)


def aside(work: Work) -> LetterStep:
    """A question in the middle is answered, then the letter goes on where it was."""
    found, memory = work.setting.aside(work.heard, replace(work.memory))
    if (found.get("detail") or {}).get("erase"):
        return LetterStep(found, memory, active=False)
    work.memory = memory
    fact = work.fact
    if memory.awaiting == "erase":
        back: list[Block] = []
    elif work.draft.phase == "ask" and fact is not None:
        back = question_blocks(fact, [], work.draft.changing, again=True)
    else:
        back = [buttons([resume()], say(WORDS, "letter_waits"))] if work.letter else []
    made = work.go_on([*found["blocks"], *back], private=bool(back and fact and fact.kind in ("text", "name")))
    return replace(made, reply={**found, **_own(made)})


def answer_and_close(work: Work) -> LetterStep:
    """After the letter was shown a clear question is answered, and the form is over; the letter can be taken up again."""
    found, memory = work.setting.aside(work.heard, replace(work.memory))
    if (found.get("detail") or {}).get("erase"):
        return LetterStep(found, memory, active=False)
    work.memory = memory
    if memory.awaiting == "erase":
        return replace(work.done([]), reply=found)
    made = work.done([*found["blocks"], buttons([resume()], say(WORDS, "closed"))])
    return replace(made, reply={**found, **_own(made)})


def _own(made: LetterStep) -> Any:
    """Of the form's own wrapping: the blocks, and whether the next message is private."""
    reply: dict[str, Any] = {**made.reply}
    return {name: reply[name] for name in ("blocks", "detail") if name in reply}


def stop(work: Work, key: str = "stopped") -> LetterStep:
    """The letter is over and its facts are let go."""
    work.draft = Draft()
    return work.done([text(say(WORDS, key)), buttons([office()])] if key == "stopped" else [text(say(WORDS, key))])
