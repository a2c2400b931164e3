"""The letter form while it asks: answers, corrections by name, questions in between, and what steers it. Pure."""

from collections.abc import Callable
from dataclasses import replace

from bot.blocks import Block, buttons, text
from bot.cases.parse_words import payload_like, plain
from bot.dialogue.decide import asks
from bot.dialogue.heard import Heard
from bot.knowledge.words import say
from bot.law.spoken import find_dates
from bot.letters.answers import Answer, read_answer
from bot.letters.content import LetterFact
from bot.letters.flow import aside, ask, ask_on, begin, change, changed, go_on_with, menu, offer, put, show, stop
from bot.letters.replies import WORDS, question_buttons, told_back
from bot.letters.steering import command, correction, is_question, yes_or_no
from bot.letters.step import LetterStep, Work

MOST_TRIES = 3
SHORT_ANSWER = 6  # words: a name or a date in so few words is an answer, whatever else it sounds like


def asking(work: Work) -> LetterStep:
    """The answer to the question, or what comes between."""
    fact = work.fact
    if fact is None:
        return go_on_with(work, [])
    said = command(work.heard, fact)
    if said in COMMANDS:
        return COMMANDS[said](work)
    if work.draft.pending and yes_or_no(work.heard) is True:
        return taken(work, fact, work.draft.pending)
    answers = _plain_answer(work, fact)
    fixed = correction(work.heard, work.needed(), plainly=fact.kind == "text" or (answers and fact.kind != "name"))
    if fixed and fixed.fact.id != fact.id:
        return corrected(work, fixed.fact, fixed.rest)
    last = _last_date(work, fact)
    if last:
        return corrected(work, last, work.heard.text)
    if not answers and is_question(work.heard, fact):
        return aside(work)
    return answered(work, fact)


def answered(work: Work, fact: LetterFact) -> LetterStep:
    """Reads the answer; asks again, in other words, where it cannot be used."""
    draft, heard = work.draft, work.heard
    if heard.pressed or payload_like(heard.text) or (yes_or_no(heard) is not None and fact.kind != "choice"):
        found = Answer(problem="unclear")
    else:
        found = read_answer(fact, heard.text, work.setting.today, draft.tries)
    if found.value:
        return taken(work, fact, found.value)
    draft.tries += 1
    draft.pending = found.maybe
    if draft.tries >= MOST_TRIES:
        draft.leave(fact.id)
        return ask_on(work, [text(say(WORDS, "gave_up"))])
    lead: list[Block] = [text(say(WORDS, found.problem, **dict(found.values)))]
    if draft.tries > 1 or found.problem == "unclear":
        lead.append(text(fact.question))
    lead.append(text(say(WORDS, "example", example=_example(fact))))
    return work.go_on([*lead, buttons(question_buttons(fact, draft.changing))], private=fact.kind in ("text", "name"))


def taken(work: Work, fact: LetterFact, value: str) -> LetterStep:
    """Keeps the answer and goes on."""
    put(work, fact, value)
    return ask_on(work, [])


def corrected(work: Work, fact: LetterFact, rest: str) -> LetterStep:
    """Something said before is changed by its name; without a usable value it is asked anew."""
    found = read_answer(fact, rest, work.setting.today, tries=1) if rest else Answer(problem="unclear")
    if found.value is None:
        return change(work, fact)
    put(work, fact, found.value)
    return changed(work, fact)


def _plain_answer(work: Work, fact: LetterFact) -> bool:
    """A date where a date was asked for, an option, a name in few words: an answer, whatever it was heard as."""
    heard = work.heard
    if heard.pressed or "?" in heard.text or asks(heard.text):
        return False
    if fact.kind in ("date", "choice"):
        return read_answer(fact, heard.text, work.setting.today).value is not None
    return fact.kind == "name" and len(heard.text.split()) <= SHORT_ANSWER


def _last_date(work: Work, fact: LetterFact) -> LetterFact | None:
    """ "No, the 4th": the date told last, where another kind of fact is asked now."""
    letter, heard = work.letter, work.heard
    if letter is None or heard.pressed or not work.draft.trail or fact.kind == "date" or len(heard.text.split()) > 8:
        return None
    last = letter.facts.get(work.draft.trail[-1])
    opening = plain(heard.text).split()[:1]
    meant = opening and opening[0] in ("no", "sorry", "actually", "oops", "wait", "i")
    return last if last and last.kind == "date" and meant and find_dates(heard.text, work.setting.today) else None


def _example(fact: LetterFact) -> str:
    option = fact.option(fact.example)
    return option.title if option else fact.example


# --- commands while something is asked ---
def why(work: Work) -> LetterStep:
    """Why it is asked, and the question again."""
    fact = work.fact
    if fact is None:
        return work.go_on([text(say(WORDS, "why_nothing"))], private=True)
    return ask(work, fact, [text(say(WORDS, "why", why=fact.why))], again=True)


def skip(work: Work) -> LetterStep:
    """The fact stays blank."""
    fact = work.fact
    if fact is None:
        return go_on_with(work, [])
    if work.draft.changing and fact.id in work.draft.values:
        return show(work, [])
    work.draft.leave(fact.id)
    return ask_on(work, [text(say(WORDS, "skipped_required" if fact.required else "skipped"))])


def go_back(work: Work) -> LetterStep:
    """The question before, with what was said."""
    draft, letter = work.draft, work.letter
    if draft.changing:
        return show(work, [])
    before = letter.facts.get(draft.trail.pop()) if letter and draft.trail else None
    if before is None:
        return go_on_with(work, [text(say(WORDS, "first_question"))])
    draft.skipped = [name for name in draft.skipped if name != before.id]
    value = draft.values.pop(before.id, None)
    lead: list[Block] = [told_back("gone_back", {before: value})] if value else []
    return ask(work, before, lead)


def start_again(work: Work) -> LetterStep:
    """All answers to this letter are let go."""
    letter = work.letter
    if letter is None:
        return offer(work)
    work.draft.values = {name: value for name, value in work.draft.values.items() if name not in letter.facts}
    work = replace(work, heard=Heard("", "letter", "letter", 1.0, pressed=True))
    begun = begin(work, letter)
    return replace(begun, reply={**begun.reply, "blocks": [text(say(WORDS, "started_again")), *begun.reply["blocks"]]})


COMMANDS: dict[str | None, Callable[[Work], LetterStep]] = {
    "why_ask": why,
    "skip": skip,
    "go_back": go_back,
    "stop": stop,
    "start_again": start_again,
    "show": lambda work: show(work, []),
    "done": lambda work: show(work, []),
    "another": lambda work: offer(work, everything=True),
    "change": menu,
}
