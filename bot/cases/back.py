"""Coming back to a sent case: its state, adding to it, withdrawing it, by reference and code or in its own conversation. Pure."""

import re
from collections.abc import Callable
from dataclasses import replace

from bot.blocks import Block, button, buttons, text
from bot.cases.draft import Draft
from bot.cases.fields import steering
from bot.cases.flow import again, aside, begin_new
from bot.cases.form_replies import WORDS
from bot.cases.parse_words import parse_text, plain
from bot.cases.reference import ALPHABET
from bot.cases.steering import command, is_question, yes_or_no
from bot.cases.step import Act, FormSetting, FormStep, Visit, Visited, Work
from bot.dialogue.heard import Heard
from bot.knowledge.words import say, words
from bot.law.reckoning import in_words
from bot.outcomes import Outcome

MOST_TRIES = 4
MOST_ADDED = 3000  # characters; as long as a story
_SIGNS = ALPHABET + ALPHABET.lower()
_REFERENCE = re.compile(rf"\bSD[\s-]{{0,2}}([{_SIGNS}]{{4}})[\s-]{{0,2}}([{_SIGNS}]{{4}})\b", re.IGNORECASE)
_CODE = re.compile(r"(?<!\d)(\d{4})[ -]?(\d{4})(?!\d)")
_ACTS: dict[str, Act] = {"case_status": "status", "case_add": "add", "case_withdraw": "withdraw"}


def again_blocks(reference: str) -> list[Block]:
    """The same conversation has an open case: add to it, look at it, or begin another."""
    choices = [
        button(say(WORDS, "again_add"), "/case_add"),
        button(say(WORDS, "again_status"), "/case_status"),
        button(say(WORDS, "again_new"), '/choose{"value": "new"}'),
    ]
    return [text(say(WORDS, "again", reference=reference)), buttons(choices)]


def begin(work: Work, resume_phase: str | None) -> FormStep:
    """Status, adding or withdrawing; a draft under way waits and is gone back to."""
    if resume_phase is None:
        work.draft = Draft()
    work.draft.act, work.draft.back = _ACTS[work.heard.intent], resume_phase
    work.draft.reference, work.draft.code = work.setting.open_case, None
    work.draft.phase, work.draft.tries = "code", 0
    if work.draft.reference:
        return _authorised(work)
    _read_pass(work)
    return _ask_pass(work)


def _read_pass(work: Work) -> None:
    """Takes the reference and the code from a message."""
    said = work.heard.text[:500]
    reference = _REFERENCE.search(said)
    if reference:
        work.draft.reference = f"SD-{reference[1]}-{reference[2]}".upper()
        said = said.replace(reference[0], " ")
    code = _CODE.search(said)
    if code:
        work.draft.code = code[1] + code[2]


def _ask_pass(work: Work) -> FormStep:
    draft = work.draft
    if not draft.reference:
        return work.go_on([text(say(WORDS, "ask_reference"))], private=True)
    if not draft.code:
        return work.go_on([text(say(WORDS, "ask_code"))], private=True)
    return _look(work, "status" if draft.act == "status" else "check")


def _code(work: Work) -> FormStep:
    draft = work.draft
    before = (draft.reference, draft.code)
    _read_pass(work)
    if (draft.reference, draft.code) != before:
        return _ask_pass(work)
    if command(work.heard) in ("stop", "skip", "go_back") or yes_or_no(work.heard) is False:
        return _ended(work)
    if is_question(work.heard, None):
        return aside(work)
    draft.tries += 1
    if draft.tries >= MOST_TRIES:
        return _gave_up(work)
    return work.go_on([text(say(WORDS, "code_retry" if draft.reference else "reference_retry"))], private=True)


def _authorised(work: Work) -> FormStep:
    """What the parent may do now that it is her case."""
    draft = work.draft
    if draft.act == "add":
        draft.phase = "add"
        return work.go_on([text(say(WORDS, "add_ask"))], private=True)
    if draft.act == "withdraw":
        draft.phase = "withdraw"
        choices = [button(say(WORDS, "withdraw_yes"), "/affirm"), button(say(WORDS, "withdraw_no"), "/deny")]
        return work.go_on([text(say(WORDS, "withdraw_ask", reference=draft.reference or "")), buttons(choices)])
    return _look(work, "status")


def _look(work: Work, act: Act, added: str = "") -> FormStep:
    visit = Visit(act, work.draft.reference or "", work.draft.code, added)
    return work.go_on([], Outcome.SMALLTALK, visit=visit)


def _add(work: Work) -> FormStep:
    heard = work.heard
    if heard.pressed or plain(heard.text) in steering()["stop"] or plain(heard.text) in steering()["deny"]:
        return _ended(work)
    if is_question(heard, None) and "?" in heard.text:
        return aside(work)
    added = parse_text(heard.text, MOST_ADDED)
    if added is None:
        return work.go_on([text(say(WORDS, "add_empty"))], private=True)
    return _look(work, "add", added)


def _withdraw(work: Work) -> FormStep:
    answer = yes_or_no(work.heard)
    if answer is True:
        return _look(work, "withdraw")
    if answer is None and is_question(work.heard, None):
        return aside(work)
    return _ended(work, "withdraw_kept")


def _again(work: Work) -> FormStep:
    """The choice between the open case and a new one."""
    said = plain(work.heard.text)
    if work.heard.payload.get("value") == "new" or said in ("new", "new one", "new case", "a new one", "3"):
        return begin_new(work)
    if yes_or_no(work.heard) is True or said in ("add", "add to it", "add to my case", "1"):
        return begin(replace_intent(work, "case_add"), None)
    if said in ("2", "status"):
        return begin(replace_intent(work, "case_status"), None)
    if command(work.heard) in ("stop", "skip") or yes_or_no(work.heard) is False:
        return _ended(work)
    if is_question(work.heard, None):
        return aside(work)
    return work.go_on(again_blocks(work.draft.reference or ""))


def replace_intent(work: Work, intent: str) -> Work:
    """The same step, heard as another intent."""
    return Work(replace(work.heard, intent=intent), work.memory, work.setting, work.draft)


def _ended(work: Work, words: str = "back_ended") -> FormStep:
    return _close(work, [text(say(WORDS, words))])


def _gave_up(work: Work) -> FormStep:
    office = work.setting.office
    return _close(work, [text(say(WORDS, "code_gave_up", phone=office.phone, email=office.email))])


def _close(work: Work, blocks: list[Block], outcome: Outcome = Outcome.SMALLTALK) -> FormStep:
    """The visit is over; a draft that waited goes on."""
    draft = work.draft
    if draft.back:
        draft.phase, draft.back, draft.act, draft.reference, draft.code, draft.tries = (
            draft.back,
            None,
            None,
            None,
            None,
            0,
        )
        return again(work, blocks)
    work.draft = Draft()
    return work.done(blocks, outcome)


def visited(last: FormStep, found: Visited, setting: FormSetting) -> FormStep:
    """The reply to what the office's records said.

    Args:
        last: the step whose visit was made.
    """
    work = Work(Heard("", "", "", 0.0), replace(last.memory), setting, Draft.from_dict(last.memory.case_draft))
    act = last.visit.act if last.visit else "status"
    office = setting.office
    if found.trouble == "wrong":
        return _wrong(work)
    if found.trouble == "locked":
        return _close(work, [text(say(WORDS, "code_locked", minutes=found.minutes, phone=office.phone))])
    if found.trouble == "failed":
        failed = {"add": "add_failed"}.get(act, "withdraw_failed")
        return work.go_on([text(say(WORDS, failed, phone=office.phone))], Outcome.FAILED, private=True)
    if act == "check":
        return _authorised(work)
    return _close(work, _told(act, found, work), Outcome.HANDED_OFF)


def _wrong(work: Work) -> FormStep:
    draft = work.draft
    draft.tries += 1
    if draft.tries >= MOST_TRIES:
        return _gave_up(work)
    draft.phase, draft.reference, draft.code = "code", None, None
    return work.go_on([text(say(WORDS, "code_wrong")), text(say(WORDS, "ask_reference"))], private=True)


def _told(act: Act, found: Visited, work: Work) -> list[Block]:
    reference, office = work.draft.reference or "", work.setting.office
    if act == "add":
        return [text(say(WORDS, "add_closed" if found.trouble == "over" else "add_done", reference=reference))]
    if act == "withdraw":
        key = "withdraw_before" if found.trouble == "over" else "withdraw_done"
        return [text(say(WORDS, key, reference=reference, email=office.email))]
    lines = [
        say(
            WORDS,
            "status",
            reference=reference,
            day=in_words(found.sent_on or work.setting.today),
            state=_state(found.state),
        )
    ]
    if found.due_on and found.due_on >= work.setting.today:
        lines.append(say(WORDS, "status_due", due=in_words(found.due_on)))
    return [text(line) for line in (*lines, say(WORDS, "status_close", phone=office.phone))]


def _state(state: str) -> str:
    key = "state_" + re.sub(r"\W+", "_", state.lower())
    return say(WORDS, key if key in words(WORDS) else "state_other")


PHASES: dict[str, Callable[[Work], FormStep]] = {"again": _again, "code": _code, "add": _add, "withdraw": _withdraw}
