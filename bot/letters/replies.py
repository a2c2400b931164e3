"""The blocks of the letter form: titles to choose from, a question, the finished letter with its file. Pure."""

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import date

from bot.blocks import Block, Button, ReviewItem, Sources, bullets, button, buttons, heading, text
from bot.knowledge.words import say
from bot.law.reckoning import in_words
from bot.letters.content import LetterFact, LetterKind
from bot.letters.docx import MIME, docx_file, file_name
from bot.letters.fill import FilledLetter, shown
from bot.privacy.redaction import LETTER_FACT

WORDS = "letters"


def pressed(word: str, **more: str) -> str:
    """The payload of one of the form's buttons; it opens the form again where it was closed."""
    return f"/letter{json.dumps({'letter': word, **more})}"


def choice_blocks(key: str, offered: Iterable[LetterKind], first: list[Button], everything: bool) -> list[Block]:
    """Titles to choose from; `everything` is False where a button leads to the rest."""
    items = [*first, *(button(letter.title, pressed(letter.id)) for letter in offered)]
    if not everything:
        items.append(button(say(WORDS, "button_all"), pressed("all")))
    return [buttons(items, say(WORDS, key))]


def intro_blocks(letter: LetterKind, known: Mapping[str, str], count: int) -> list[Block]:
    """What the letter does, what is known already, and how much there is to ask."""
    blocks: list[Block] = [heading(letter.title), text(letter.purpose)]
    blocks += [told_back("known", {letter.facts[name]: value for name, value in known.items()})] if known else []
    if count:
        blocks.append(text(say(WORDS, "intro_one") if count == 1 else say(WORDS, "intro", count=count)))
    return blocks


def told_back(key: str, known: Mapping[LetterFact, str]) -> Block:
    """Facts said back. As review items, so that they are left out of the stored conversation."""
    items: list[ReviewItem] = [
        {"field": LETTER_FACT, "label": fact.label, "value": value_shown(fact, value), "basis": "said"}
        for fact, value in known.items()
    ]
    return {"type": "review", "title": say(WORDS, key), "items": items}


def value_shown(fact: LetterFact, value: str) -> str:
    """A value as a parent is shown it: an option by its title."""
    option = fact.option(value)
    return option.title if option else shown(fact, value)


def question_blocks(fact: LetterFact, lead: list[Block], changing: bool, again: bool) -> list[Block]:
    """One question with its ways out."""
    words = say(WORDS, "ask_again", question=fact.question) if again else fact.question
    return [*lead, text(words), buttons(question_buttons(fact, changing))]


def question_buttons(fact: LetterFact, changing: bool) -> list[Button]:
    """The options of a choice; skip; the letter as it stands."""
    options = [button(option.title, pressed("change", field=fact.id, value=option.id)) for option in fact.options]
    ways = [button(say(WORDS, "button_skip"), "/skip")]
    if not changing:
        ways.append(button(say(WORDS, "button_show"), pressed("show")))
    return [*options, *ways]


def letter_blocks(letter: LetterKind, filled: FilledLetter, today: date, changed: bool) -> list[Block]:
    """The whole letter: to read and copy, as a file, what is still blank, what to do with it, its law."""
    blocks: list[Block] = [
        text(say(WORDS, "ready_again" if changed else "ready")),
        {
            "type": "letter",
            "letter": letter.id,
            "title": letter.title,
            "paragraphs": filled.paragraphs,
            "missing": list(filled.missing),
        },
        {
            "type": "file",
            "name": file_name(filled),
            "mime": MIME,
            "label": say(WORDS, "file_label"),
            "content": base64.b64encode(docx_file(filled, today)).decode("ascii"),
        },
    ]
    blocks += _missing(letter, filled)
    blocks += [heading(say(WORDS, "tips_heading")), bullets(list(filled.tips)), sources(letter)]
    return [*blocks, buttons(letter_buttons())]


def _missing(letter: LetterKind, filled: FilledLetter) -> list[Block]:
    if not filled.missing:
        return []
    first = next(fact for fact in letter.facts.values() if fact.label == filled.missing[0])
    labels = ", ".join(label[0].lower() + label[1:] for label in filled.missing)
    return [text(say(WORDS, "missing", labels=labels, name=_as_said(first)))]


def _as_said(fact: LetterFact) -> str:
    """How a parent would name it: "my address", "the school"."""
    if fact.label.startswith("Your "):
        return f"my {fact.label.removeprefix('Your ')}"
    return f"the {fact.names[0]}" if fact.names else fact.label


def letter_buttons() -> list[Button]:
    """What can be done with a finished letter."""
    return [
        button(say(WORDS, "button_change"), pressed("menu")),
        button(say(WORDS, "button_another"), pressed("all")),
        button(say(WORDS, "button_done"), pressed("done")),
        office(),
    ]


def office() -> Button:
    """The way to a person."""
    return button(say(WORDS, "button_office"), "/handoff")


def resume() -> Button:
    """Goes on with the letter where it was."""
    return button(say(WORDS, "button_resume"), pressed("resume"))


def menu_blocks(facts: Iterable[LetterFact], lead: list[Block]) -> list[Block]:
    """What can be changed in the letter."""
    items = [button(fact.label, pressed("change", field=fact.id)) for fact in facts]
    return [*lead, buttons(items, say(WORDS, "change_menu"))]


def held_blocks(letter: LetterKind) -> list[Block]:
    """A letter past its review is not given as current."""
    return [text(say(WORDS, "held", title=letter.title, date=in_words(letter.review_by))), buttons([office()])]


def sources(letter: LetterKind) -> Sources:
    """The letter's law and pages, with the days they were read."""
    return {
        "type": "sources",
        "entry": f"letter/{letter.id}",
        "version": letter.version,
        "law": [law.provision for law in letter.law],
        "items": [{"text": f"{s.title} (read {s.seen.day} {s.seen:%B %Y})", "url": s.url} for s in letter.sources],
        "law_as_at": letter.law_as_at.isoformat() if letter.law_as_at else "",
        "review_by": letter.review_by.isoformat(),
    }
