"""The letter form as a conversation: what was heard and what is known give a reply and a new draft. Pure.

`step` is the table of contents: danger first, then other forms and other letters, then the phase it is in.
"""

from collections.abc import Callable

from bot.blocks import buttons, text
from bot.cases.parse_words import plain
from bot.dialogue import talk
from bot.dialogue.decide import asks
from bot.dialogue.heard import Heard
from bot.dialogue.memory import Memory
from bot.knowledge.words import say
from bot.law.spoken import find_dates
from bot.letters.asking import COMMANDS, asking, corrected
from bot.letters.choosing import named, picked
from bot.letters.content import LetterFact
from bot.letters.fill import usable
from bot.letters.flow import (
    answer_and_close,
    aside,
    ask_on,
    begin,
    change,
    changed,
    go_on_with,
    menu,
    offer,
    put,
    show,
    stop,
)
from bot.letters.library import commands, offered
from bot.letters.replies import WORDS, resume
from bot.letters.steering import TO_THE_OFFICE, command, correction, is_question, sure, yes_or_no
from bot.letters.step import LetterSetting, LetterStep, Work
from bot.outcomes import Outcome

__all__ = ["LetterSetting", "LetterStep", "step"]

MOST_MISSES = 1
LIKELY = 0.5  # a letter asked for, when none is being filled in


def step(heard: Heard, memory: Memory, setting: LetterSetting) -> LetterStep:
    """One message of the form: its start and every further one."""
    work = Work.begin(heard, memory, setting)
    if heard.urgent:
        return urgent(work)
    if work.memory.awaiting == "erase" and yes_or_no(heard) is not None:
        return aside(work)
    if heard.intent in TO_THE_OFFICE and sure(heard):
        return work.done([], hand_to="case_form")
    if heard.pressed and heard.intent in ("letter", "change"):
        return button_pressed(work)
    if work.draft.phase == "" or (work.draft.paused and heard.intent == "letter"):
        return start(work)
    if command(heard) not in AFTER and wants_another(work):
        return start(work)
    return PHASES[work.draft.phase](work)


def urgent(work: Work) -> LetterStep:
    """Signposts first; the letter waits."""
    found = talk.urgent(str(work.heard.urgent))
    if work.draft.phase == "":
        return LetterStep(found, work.memory, active=False)
    blocks = [*found["blocks"], text(say(WORDS, "urgent_resume")), buttons([resume()])]
    return work.go_on(blocks, Outcome.URGENT)


# --- which letter ---
def start(work: Work) -> LetterStep:
    """The letter that is named, the one under way, or titles to choose from."""
    letter = named(work.heard)
    if letter:
        return begin(work, letter) if letter.id != work.draft.letter else resumed(work)
    if work.letter and plain(work.heard.text) in commands()["show"]:
        return resumed(work)
    return offer(work)


def wants_another(work: Work) -> bool:
    """Whether another letter is plainly asked for; while a story is asked for, only in few words."""
    heard = work.heard
    if heard.intent != "letter" or work.draft.phase == "choose":
        return False
    letter = named(heard)
    if letter is not None and letter.id == work.draft.letter:
        return False
    return letter is not None and sure(heard) if work.draft.phase == "ask" else heard.confidence >= LIKELY


def choosing(work: Work) -> LetterStep:
    """Titles were offered."""
    heard = work.heard
    said = command(heard)
    if said in ("stop", "done", "skip") or yes_or_no(heard) is False:
        return stop(work)
    if said == "another" or plain(heard.text) in commands()["another"]:
        return offer(work, everything=True)
    letter = picked(heard, work.setting.known, offered())
    if letter:
        return begin(work, letter)
    if is_question(heard, None):
        return answer_and_close(work)
    work.draft.misses += 1
    if work.draft.misses > MOST_MISSES:
        return answer_and_close(work)
    return offer(work, "choose_again", everything=True)


def button_pressed(work: Work) -> LetterStep:
    """A button of the form's own: a letter, or a word of `replies.pressed`."""
    word = work.heard.payload.get("letter", "change" if work.heard.intent == "change" else "resume")
    letter = named(work.heard)
    if letter:
        return begin(work, letter) if letter.id != work.draft.letter else resumed(work)
    return BUTTONS.get(word, offer)(work)


def resumed(work: Work) -> LetterStep:
    """The letter goes on where it was."""
    letter = work.letter
    if letter is None or work.draft.phase == "":
        return offer(work)
    if work.draft.phase == "choose":
        work.draft.phase = "ask"
    return go_on_with(work, [text(say(WORDS, "resumed", title=letter.title))])


def change_pressed(work: Work) -> LetterStep:
    """A fact to change, with or without its new value."""
    payload, letter = work.heard.payload, work.letter
    fact = letter.facts.get(payload.get("field", "")) if letter else None
    if fact is None:
        return menu(work)
    value = usable(fact, payload.get("value"))
    if value is None:
        return change(work, fact)
    open_question = work.draft.asked == fact.id
    put(work, fact, value)
    return ask_on(work, []) if open_question else changed(work, fact)


BUTTONS: dict[str, Callable[[Work], LetterStep]] = {
    "resume": resumed,
    "show": lambda work: show(work, []),
    "menu": menu,
    "change": change_pressed,
    "done": lambda work: stop(work, "done"),
    "all": lambda work: offer(work, everything=True),
}


# --- the letter was shown ---
def after(work: Work) -> LetterStep:
    """Changes by name, another letter, done; a clear question is answered and closes the form."""
    heard = work.heard
    said = command(heard)
    if said in AFTER:
        return AFTER[said](work)
    answer = yes_or_no(heard)
    if answer is not None:
        return menu(work) if answer else stop(work, "done")
    fixed = correction(heard, work.needed(), plainly=False)
    if fixed:
        return corrected(work, fixed.fact, fixed.rest)
    missing = _only_missing_date(work)
    if missing:
        return corrected(work, missing, heard.text)
    if heard.label in ("chitchat/thanks", "chitchat/goodbye") and sure(heard):
        return stop(work, "done")
    if is_question(heard, None) or asks(heard.text):
        return answer_and_close(work)
    work.draft.misses += 1
    if work.draft.misses > MOST_MISSES:
        return answer_and_close(work)
    return work.go_on([text(say(WORDS, "after_hint")), buttons([resume()])], Outcome.ASKED_BACK, private=True)


def _only_missing_date(work: Work) -> LetterFact | None:
    """The date that a bare "it was the 4th" belongs to: the one that is blank, or the only one there is."""
    text_ = work.heard.text
    if work.heard.pressed or "?" in text_ or len(text_.split()) > 8 or not find_dates(text_, work.setting.today):
        return None
    dates = [fact for fact in work.needed() if fact.kind == "date"]
    blank = [fact for fact in dates if fact.id not in work.draft.values]
    return blank[0] if len(blank) == 1 else dates[0] if len(dates) == 1 else None


AFTER: dict[str | None, Callable[[Work], LetterStep]] = {
    **COMMANDS,
    "done": lambda work: stop(work, "done"),
    "skip": lambda work: stop(work, "done"),
    "go_back": menu,
}

PHASES: dict[str, Callable[[Work], LetterStep]] = {"choose": choosing, "ask": asking, "shown": after}
