"""The case form as one page: what was typed into its fields, read as the chat reads it, gives a draft or says what is unclear. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.blocks import Block
from bot.cases.draft import CONTACTS, Draft
from bot.cases.fields import Field, consent, fields
from bot.cases.flow import borough, review_of
from bot.cases.form_replies import WORDS
from bot.cases.form_sending import sent
from bot.cases.reading import Reading, offered, read_answer
from bot.cases.step import FormSetting, Submission, Work
from bot.cases.summary import constituency_of, submission
from bot.dialogue import talk
from bot.dialogue.heard import Heard
from bot.dialogue.memory import Memory
from bot.knowledge.signals import signal_by_words
from bot.knowledge.words import say

PAGE = "case_page"
CONSENT, OUTSIDE = "consent", "outside"  # the two boxes to tick
_SILENCE = Heard("", "", "", 0.0)


@dataclass(frozen=True)
class Filled:
    """The page as it was read: the draft, and by field what is missing or unclear. `outside`: another MP's area."""

    draft: Draft
    problems: dict[str, str] = field(default_factory=dict)
    outside: bool = False


def page_fields() -> tuple[Field, ...]:
    """The fields of the page, in order: those that the chat asks for."""
    return tuple(one for one in fields().values() if one.asked)


def read_page(typed: Mapping[str, str], setting: FormSetting) -> Filled:
    """What was typed, by field.

    Args:
        typed: the text of each field, the id of a choice; `consent` and `outside` are "yes" when ticked.
        setting: where and when; its token becomes the draft's key.
    """
    filled = Filled(Draft(phase="review", key=setting.token))
    if typed.get(CONSENT) == "yes":
        filled.draft.consent_version = consent().version
        filled.draft.consent_at = setting.now.isoformat(timespec="seconds")
    else:
        filled.problems[CONSENT] = say(PAGE, "consent_missing")
    for one in page_fields():
        _take(one, typed.get(one.id, "").strip(), filled, setting)
    filled.draft.safeguarding = signal_by_words("\n".join(typed.values()))
    return _placed(filled, typed.get(OUTSIDE) == "yes", setting)


def review(draft: Draft, setting: FormSetting) -> list[Block]:
    """Everything that would be sent, as the chat shows it; where there is danger its signposts come first."""
    danger = list(talk.urgent(draft.safeguarding)["blocks"]) if draft.safeguarding else []
    return [*danger, *(block for block in review_of(_work(draft, setting)) if block["type"] == "review")]


def submitted(draft: Draft, setting: FormSetting) -> Submission:
    """What is to be stored."""
    return submission(draft, Memory(), setting)


def confirmation(draft: Draft, reference: str, code: str, setting: FormSetting) -> list[Block]:
    """The reference, the code and what happens next, as the chat says it."""
    last = _work(draft, setting).go_on([])
    return list(sent(last, reference, code, setting).reply["blocks"])


def _work(draft: Draft, setting: FormSetting) -> Work:
    return Work(_SILENCE, Memory(), setting, draft)


def _take(one: Field, text: str, filled: Filled, setting: FormSetting) -> None:
    """One field into the draft, or what is wrong with it into the problems."""
    draft = filled.draft
    if not text:
        if one.required:
            filled.problems[one.id] = one.retry
        else:
            draft.skipped.append(one.id)
        return
    found = read_answer(one, _heard(one, text), draft, setting.today, telegram=False)
    own = CONTACTS if one.id == "contact" else (one.id,)
    values = {name: value for name, value in found.values.items() if name in own}
    if values:
        draft.put(values, "said")
        draft.about += found.about
    else:
        filled.problems[one.id] = _doubt(one, found)


def _heard(one: Field, text: str) -> Heard:
    """A choice of the page counts as pressed, all else as typed."""
    if offered(one):
        return Heard("", "", "", 1.0, pressed=True, payload={"field": one.id, "value": text})
    return Heard(text, "", "", 0.0)


def _doubt(one: Field, found: Reading) -> str:
    return say(WORDS, found.doubt, **found.told) if found.doubt else one.retry


def _placed(filled: Filled, goes_on: bool, setting: FormSetting) -> Filled:
    """What the postcode says: the council where it is plain; another MP's area is told, and may be put right."""
    draft = filled.draft
    found = constituency_of(draft, setting)
    if found is None:
        return filled
    if found.borough and not draft.has("council"):
        draft.put({"council": borough()}, "calculated")
    if found.result != "no":
        return filled
    own = setting.office.constituency
    if goes_on:
        draft.outside = True
        return Filled(draft, filled.problems, outside=True)
    told = say(WORDS, "elsewhere_named", name=found.name) if found.name else say(WORDS, "elsewhere", constituency=own)
    problem = say(PAGE, "outside_hint", told=told, constituency=own)
    return Filled(draft, {**filled.problems, "postcode": problem}, outside=True)
