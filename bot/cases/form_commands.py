"""What steers the case form: why, skip, back, stop, start again, show, send. Pure."""

from collections.abc import Callable
from dataclasses import replace

from bot.blocks import Block, text
from bot.cases.draft import CONTACTS, MOST_TRAIL
from bot.cases.fields import fields
from bot.cases.flow import again, ask, onward, review, review_of, start_again, stop
from bot.cases.form_replies import TRIES_BEFORE_SKIP, WORDS, question, told_back
from bot.cases.step import FormStep, Work
from bot.knowledge.words import say


def why(work: Work) -> FormStep:
    field = work.draft.field
    if work.draft.phase != "ask" or field is None:
        return again(work, [])
    blocks = [text(say(WORDS, "why_label", why=field.why)), *question(field, work.draft, work.setting, again=True)]
    return work.go_on(blocks, private=field.private)


def skip(work: Work) -> FormStep:
    draft, field = work.draft, work.draft.field
    if draft.phase != "ask" or field is None:
        return onward(work, [])
    told_before = draft.warned == field.id or draft.tries >= TRIES_BEFORE_SKIP
    if field.required and not told_before and not draft.has(field.id):
        draft.warned = field.id
        return work.go_on(
            [text(say(WORDS, "required_skip", why=field.why)), *question(field, draft, work.setting, True)],
            private=field.private,
        )
    if draft.changing or not draft.has(field.id):
        for name in CONTACTS if field.id == "contact" else (field.id,):
            draft.drop(name)
        draft.skipped = [*(name for name in draft.skipped if name != field.id), field.id]
    draft.trail = [*draft.trail, field.id][-MOST_TRAIL:]
    return onward(work, [text(say(WORDS, "skipped"))])


def go_back(work: Work) -> FormStep:
    draft = work.draft
    if draft.changing:
        return review(work, [])
    if not draft.trail:
        return again(work, [text(say(WORDS, "first_question"))])
    name = draft.trail.pop()
    draft.skipped = [skipped for skipped in draft.skipped if skipped != name]
    ways = CONTACTS if name == "contact" else (name,)
    said = {way: draft.values[way] for way in ways if way in draft.values and way != "chat"}
    lead: Block = told_back(say(WORDS, "gone_back"), said) if said else text(say(WORDS, "gone_back_empty"))
    return ask(work, fields()[name], [lead], again=True)


def show(work: Work) -> FormStep:
    """Everything so far, then the question again."""
    blocks = review_of(work)[:1]
    return again(work, blocks) if work.draft.phase != "review" else work.go_on(review_of(work), private=True)


def send_early(work: Work) -> FormStep:
    """Send, said before the review: what is missing first, then the review."""
    missing = next((field for field in work.draft.open_fields() if field.required), None)
    if missing:
        words = say(WORDS, "missing_for_send", question=missing.again)
        return replace(
            ask(work, missing, []),
            reply=work.go_on([text(words), *question(missing, work.draft, work.setting, True)[1:]]).reply,
        )
    return review(work, [text(say(WORDS, "review_first"))])


COMMANDS: dict[str, Callable[[Work], FormStep]] = {
    "why_ask": why,
    "skip": skip,
    "go_back": go_back,
    "stop": stop,
    "start_again": start_again,
    "review": show,
    "send": send_early,
}
