"""The end of the case form: the review, the sending, and the reply once the case is stored or could not be. Pure."""

from dataclasses import replace

from bot.blocks import buttons, text
from bot.cases.clock import Deadline, deadlines, own_late, own_next
from bot.cases.draft import Draft
from bot.cases.fields import fields
from bot.cases.flow import aside, begin_new
from bot.cases.form_answers import change, corrected, sure, told_of
from bot.cases.form_commands import COMMANDS, go_back, send_early
from bot.cases.form_replies import WORDS, change_blocks, review_buttons, sent_blocks
from bot.cases.steering import command, correction, is_question, yes_or_no
from bot.cases.step import FormSetting, FormStep, Work
from bot.cases.summary import submission
from bot.dialogue.heard import Heard
from bot.knowledge.words import say
from bot.law.reckoning import in_words
from bot.outcomes import Outcome


def reviewing(work: Work) -> FormStep:
    draft, heard = work.draft, work.heard
    steered = command(heard)
    was_away, draft.paused = draft.paused, False
    if steered == "send" or (steered is None and yes_or_no(heard) is True):
        return send_early(work) if was_away else submit(work)
    if steered == "go_back":
        return go_back(work)
    if steered in ("stop", "start_again", "review"):
        return COMMANDS[steered](work)
    fixed = correction(heard)
    if fixed:
        return change(work, fixed)
    if (heard.intent == "change" and sure(heard)) or yes_or_no(heard) is False:
        return work.go_on(change_blocks(draft), private=True)
    if is_question(heard, None):
        return aside(work)
    told = told_of(work, set(fields()))
    if told:
        return corrected(work, told)
    draft.tries += 1
    return work.go_on([text(say(WORDS, "review_unclear")), buttons(review_buttons())], private=True)


def submit(work: Work) -> FormStep:
    """Hands the case to the action, which stores it; the draft stays until that is done."""
    draft = work.draft
    missing = next((field for field in draft.open_fields() if field.required), None)
    if missing or not draft.consent_version:
        return send_early(work) if missing else begin_new(work)
    made = submission(draft, work.memory, work.setting)
    return work.go_on([], Outcome.HANDED_OFF, submit=made)


def sent(last: FormStep, reference: str, code: str, setting: FormSetting) -> FormStep:
    """The reply once the case is stored: reference, code, what happens next. The answers are let go.

    Args:
        last: the step whose submission was stored.
    """
    draft = Draft.from_dict(last.memory.case_draft)
    limits = deadlines(draft.values.get("dates", {}), setting.today)
    work = Work(
        Heard("", "", "", 0.0), replace(last.memory), setting, Draft(phase="sent", key=draft.key, reference=reference)
    )
    done = work.done(sent_blocks(reference, code, _clock(limits), setting), Outcome.HANDED_OFF)
    return replace(done, reply={**done.reply, "case": reference})


def _clock(limits: list[Deadline]) -> str:
    """What to say of the clock, which sending does not stop."""
    ahead, passed = own_next(limits), own_late(limits)
    if ahead:
        return say(WORDS, "sent_clock", label=ahead.label, due=in_words(ahead.due))
    if passed:
        return say(WORDS, "sent_clock_late", label=passed.label, due=in_words(passed.due))
    return say(WORDS, "sent_clock_plain")


def not_stored(last: FormStep, setting: FormSetting) -> FormStep:
    """The reply when the case could not be stored: the draft is still there, and send can be said again."""
    work = Work(Heard("", "", "", 0.0), replace(last.memory), setting, Draft.from_dict(last.memory.case_draft))
    words = text(say(WORDS, "not_stored", phone=setting.office.phone))
    return work.go_on([words, buttons(review_buttons())], Outcome.FAILED, private=True)
