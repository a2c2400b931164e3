"""Reads the dates of one message as facts for the clock: which event each belongs to, and what is only guessed."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from bot.dialogue.deadline_cues import Linked, arrived, link, nearest, refined
from bot.dialogue.deadline_state import ClockState, event_of
from bot.law.content import RECEIVED
from bot.law.spoken import DateMention, SpanMention, find_dates, find_spans

# Events that have happened when a parent tells their date; a day ahead is questioned.
_OVER = frozenset(
    "request_received decision_not_to_assess decision_to_assess decision_no_plan draft_served final_plan appeal_decision "
    "certificate mediation_refused review_notice reassess_request reassess_notice decision_tribunal discrimination_act "
    "order_assess order_plan order_amend order_school".split()
)
_PARENTS = frozenset(
    "decision_not_to_assess decision_no_plan final_plan appeal_decision certificate draft_served discrimination_act decision_tribunal".split()
)
_LETTERS = frozenset("decision_not_to_assess decision_no_plan final_plan appeal_decision".split())
TOPICS = {
    "refusal-to-assess": "decision_not_to_assess", "reapply-or-appeal": "decision_not_to_assess",
    "refusal-to-issue": "decision_no_plan", "final-plan": "final_plan", "appeal-deadline": "appeal_decision",
    "late-appeal": "appeal_decision", "appeal-what": "appeal_decision", "appeal-forms": "appeal_decision",
    "amend-refused": "appeal_decision", "ceasing-a-plan": "appeal_decision", "which-letter-counts": "appeal_decision",
    "mediation-certificate": "certificate", "mediation": "certificate", "mediation-meeting": "mediation_asked",
    "annual-review": "review_meeting", "late-annual-review": "review_meeting", "annual-review-prepare": "review_meeting",
    "early-review": "review_meeting", "draft-plan-15-days": "draft_served", "draft-comments": "draft_served",
    "timeline-20-weeks": "request_received", "overdue-plan": "request_received", "late-decision": "request_received",
    "ehcna-six-weeks": "request_received", "ehcna-how-to-ask": "request_received", "timeline-exceptions": "request_received",
    "reassessment": "reassess_request", "moving-house": "moved", "disability-discrimination": "discrimination_act",
    "tribunal-order-not-followed": "order_plan", "phase-transfer": "transfer_secondary_year", "hearing-day": "hearing",
    "tribunal-decision": "decision_tribunal",
}  # fmt: skip

_CORRECTION = re.compile(
    r"^\s*(?:no\b|nope|sorry|actually|oops|correction|wait|i\s+mean|meant|not\b|my\s+mistake|wrong)", re.IGNORECASE
)
_HYPOTHETICAL = re.compile(r"\b(?:if|suppose|assuming|assume|say\s+they|imagine)\b", re.IGNORECASE)
_BIRTH = re.compile(
    r"\b(?:born|dob|d\.o\.b\.?|birthday|date\s+of\s+birth|turn(?:s|ed|"
    r"ing)?(?:\s+[0-9]+)?)\b[^.,;]{0,15}$",
    re.IGNORECASE,
)
_TODAY_IS = re.compile(
    r"(?:\bits|\bit['’]s|\bit\s+is|\btoday\s+is|\bwe(?:['’]?re|\s+are)(?:\s+now)?(?:\s+in)?|"
    r"\btoday['’]?s|\bnow|\btoday)\s*(?:date\s+is\s+|already\s+|now\s+|nearly\s+|the\s+|only\s+)*$",
    re.IGNORECASE,
)
_DUE_DAY = re.compile(
    r"\b(?:due|deadline|promised|finish\w*|supposed\s+to\s+\w+|should\s+have\s+\w+|"
    r"last\s+day)(?:\s+\w+){0,4}?\s*(?:on|by|in|is|was|before)?\s*$|\b(?:until|till|"
    r"til)\s+(?:the\s+)?$|\bby\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_ACTING = re.compile(
    r"\b(?:appeal(?:ing)?|send|ring|need|want|have\s+to|must|submit|lodge|post)\b[^.;]{0,25}$", re.IGNORECASE
)
_NEAR = re.compile(r"^(?:today|tonight|tomorrow|now|tmrw|tomoz|2day|2moro)$", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|instead\s+of|rather\s+than)\s+(?:on\s+)?(?:the\s+)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Fact:
    """One date of a message as the clock takes it; `doubt` (a text's name) means it must be asked for first."""

    trigger: str | None
    day: date | None
    said: str
    doubt: str | None = None
    other: date | None = None
    about: bool = False
    latest: date | None = None
    arrived: bool = False

    @property
    def name(self) -> str:
        """The trigger without the mark of the day a letter came."""
        return event_of(self.trigger or "")


@dataclass
class Told:
    """What one message told: `facts` to keep, `doubtful` to ask about, `loose` with no event."""

    facts: list[Fact] = field(default_factory=list)
    doubtful: list[Fact] = field(default_factory=list)
    loose: list[Fact] = field(default_factory=list)
    span: SpanMention | None = None
    guessed: str | None = None
    correction: bool = False
    hypothetical: bool = False

    @property
    def triggers(self) -> list[str]:
        """The events told, in their order."""
        return [fact.name for fact in self.facts]


def read(text: str, state: ClockState, today: date, topic: str | None = None) -> Told:
    """The facts of one message: its dates with their events, weeks that have passed, a move to the next school."""
    told = Told(correction=bool(_CORRECTION.search(text)), hypothetical=bool(_HYPOTHETICAL.search(text)))
    transfer = phase_transfer(text, today)
    mentions = [
        mention for mention in find_dates(text, today) if not _no_fact(text, mention, today, transfer is not None)
    ]
    linked = [one for one in link(text, mentions) if one.trigger != "ignore"]
    for one in linked:
        _take(told, text, one, state, today, topic, alone=len(linked) == 1)
    told.facts = _one_each(_in_order(told.facts))
    if transfer and not told.facts:
        told.facts.append(transfer)
    if not told.facts and not told.doubtful and not told.loose:
        _take_span(told, text, today)
    return told


def _no_fact(text: str, mention: DateMention, today: date, transfer: bool) -> bool:
    """Birthdays, "it is now October", promised days and what shall be done today start no clock."""
    before = text[max(0, mention.start - 40) : mention.start] + _leading_word(mention)
    if _BIRTH.search(before) or _NOT.search(before) or _DUE_DAY.search(before):
        return True
    if _NEAR.match(mention.text) and (_ACTING.search(before) or re.match(r"\s*(?:is|['’]s)\b", text[mention.end :])):
        return True
    alone = len(text) - (mention.end - mention.start) < 12
    if re.match(r"before\b", mention.text, re.IGNORECASE) and _ACTING.search(before):
        return True
    if re.match(r"\s+(?:date|deadline|rule|limit)\b", text[mention.end :], re.IGNORECASE):
        return True
    if not alone and _TODAY_IS.search(before) and (mention.precision != "day" or _is_now(mention, today)):
        return True
    return transfer and (
        mention.precision != "day"
        or (mention.day is not None and (mention.day.month, mention.day.day) in ((2, 15), (3, 31)))
    )


def _leading_word(mention: DateMention) -> str:
    """A preposition that the mention took in, as in "by the 11th"."""
    found = re.match(r"(?:by|due|until|till?|in|now|its|it's|not)\s+(?:the\s+)?", mention.text, re.IGNORECASE)
    return found[0] if found else ""


def _is_now(mention: DateMention, today: date) -> bool:
    if mention.day is None:
        return False
    return mention.day <= today + timedelta(days=3) and (mention.latest or mention.day) >= today - timedelta(days=3)


def _take(told: Told, text: str, one: Linked, state: ClockState, today: date, topic: str | None, alone: bool) -> None:
    mention = one.mention
    trigger = _event_of(one, told, state, text, topic, alone)
    fact = _fact(trigger, mention, arrived(text, mention))
    if told.correction and state.last and fact.trigger == state.last:
        fact = _corrected(fact, state, mention)
    if fact.trigger is None:
        (told.doubtful if fact.doubt else told.loose).append(fact)
    elif fact.doubt == "future" and told.hypothetical:
        told.facts.append(_without_doubt(fact))
    elif fact.doubt and not (fact.doubt == "which_year" and told.hypothetical):
        told.doubtful.append(fact)
    elif fact.day and fact.day > today and fact.name in _OVER and not told.hypothetical:
        told.doubtful.append(Fact(fact.trigger, fact.day, fact.said, "future", fact.other, fact.about))
    else:
        told.facts.append(fact)


_DAY_ONLY = re.compile(r"(?:\w+\s+)?(?:the\s+)?(?P<n>[0-9]{1,2})(?:st|nd|rd|th)", re.IGNORECASE)


def _in_order(facts: list[Fact]) -> list[Fact]:
    """A letter is dated before it comes: a bare "the 2nd" is moved to the month that fits its twin."""
    by_name = {fact.trigger: fact for fact in facts}
    ordered = []
    for fact in facts:
        sent, came = by_name.get(fact.name), by_name.get(fact.name + RECEIVED)
        if sent and came and sent.day and came.day and sent.day > came.day and _bare(fact):
            fact = _moved(fact, came.day, -1) if fact is sent else _moved(fact, sent.day, 1)
        ordered.append(fact)
    return ordered


def _bare(fact: Fact) -> bool:
    return bool(_DAY_ONLY.fullmatch(fact.said)) and not re.search(
        r"day|tue|wed|thu|fri|sat|sun|mon", fact.said, re.IGNORECASE
    )


def _moved(fact: Fact, anchor: date, step: int) -> Fact:
    """The day of this number nearest to the anchor, before it (-1) or after it (1)."""
    number = int((_DAY_ONLY.fullmatch(fact.said) or re.match(r"(?P<n>1)", "1"))["n"])  # type: ignore[index]
    for months in range(0, 4):
        try:
            day = (anchor.replace(day=1) + relativedelta(months=step * months)).replace(day=number)
        except ValueError:
            continue
        if (day - anchor).days * step >= 0:
            return Fact(fact.trigger, day, fact.said, arrived=fact.arrived)
    return fact


def _one_each(facts: list[Fact]) -> list[Fact]:
    """Of two dates for one event the parent's own clock takes the earlier, which is safe, and others the later."""
    chosen: dict[str | None, Fact] = {}
    for fact in facts:
        other = chosen.get(fact.trigger)
        earlier = other is not None and fact.day is not None and other.day is not None and fact.day < other.day
        if other is None or earlier == (fact.name in _PARENTS):
            chosen[fact.trigger] = fact
    return [fact for fact in facts if chosen.get(fact.trigger) is fact]


def _event_of(one: Linked, told: Told, state: ClockState, text: str, topic: str | None, alone: bool) -> str | None:
    """The date's event: told by its words, else corrected, else asked for, else suggested by what the talk is about."""
    if one.trigger and not (told.correction and state.last and _vague_word(text)):
        return _as_known(one.trigger, state, text) + (RECEIVED if one.received else "")
    if told.correction and state.last:
        return state.last
    if state.awaiting and alone:
        return state.awaiting
    if asks_to_appeal(text):
        return "appeal_decision"
    if re.search(r"\b(?:week|wk)\s*[0-9]+|\b20[\s-]week|final\s+plan|finali[sz]e", text, re.IGNORECASE):
        return "request_received"
    return TOPICS.get(topic or "") or (state.last if one.trigger else None)


def _as_known(trigger: str, state: ClockState, text: str) -> str:
    """ "The letter was dated 4 March" after "refused to assess" is the date of that same letter."""
    if trigger == "appeal_decision":
        if state.awaiting in _LETTERS:
            return state.awaiting
        known = [name for name in state.facts if name in _LETTERS]
        if state.last in _LETTERS and known and re.search(r"letter|dated|date", text, re.IGNORECASE):
            return state.last
        if (
            "request_received" in state.facts
            and re.search(r"refus|no\b|reject|declin", text, re.IGNORECASE)
            and not known
        ):
            return "decision_not_to_assess"
    return trigger


def _vague_word(text: str) -> bool:
    """A correction such as "no, the letter is dated the 4th" may name its event; "no, it was sent..." may not."""
    return not re.search(
        r"certificate|letter|request|meeting|review|draft|decision|plan|hearing|order", text, re.IGNORECASE
    )


def asks_to_appeal(text: str) -> bool:
    """Whether a message speaks of appealing."""
    return bool(re.search(r"\bappeal|tribunal\b|\bsend\s?35", text, re.IGNORECASE))


def _fact(trigger: str | None, mention: DateMention, came: bool) -> Fact:
    parents = event_of(trigger or "") in _PARENTS
    day = mention.day if parents or mention.latest is None else mention.latest
    about = mention.precision != "day"
    return Fact(
        trigger,
        day,
        mention.text,
        mention.doubt,
        mention.other,
        about,
        mention.latest and mention.day,
        came and trigger in _LETTERS,
    )


def _without_doubt(fact: Fact) -> Fact:
    return Fact(fact.trigger, fact.day, fact.said, None, fact.other, fact.about, fact.latest)


def _corrected(fact: Fact, state: ClockState, mention: DateMention) -> Fact:
    """ "No, the 4th" keeps the month and the year of the date it corrects."""
    number = re.fullmatch(r"\D*([0-9]{1,2})(?:st|nd|rd|th)\W*", mention.text, re.IGNORECASE)
    if not number or state.last not in state.facts:
        return fact
    try:
        day = date.fromisoformat(state.facts[state.last]).replace(day=int(number[1]))
    except ValueError:
        return Fact(fact.trigger, None, fact.said, "impossible")
    return Fact(fact.trigger, day, fact.said)


# --- weeks that have passed: "it's been 23 weeks and nothing" ---
_PASSED_BEFORE = re.compile(
    r"(?:been|waited|waiting|after|now|at|over|past|nearly|almost|for|on|in|reached|already|about|yet|"
    r"its|it['’]s|we['’]re|are|ehcp|request|and)\s*$|^\s*(?:\W*(?:so|hi|hello|hey|help)\W*)?$",
    re.IGNORECASE,
)
_PASSED_AFTER = re.compile(
    r"^\W*(?:now\b|and\b|later\b|since\b|gone\b|passed\b|in\b|with\b|still\b|no\b|nothing\b|waiting\b|"
    r"of\s+waiting|without\b|after\b|counting|already\b|from\b|$)",
    re.IGNORECASE,
)
_A_LIMIT = re.compile(
    r"^\W*(?:deadline|limit|rule|time|timescale|timeline|late\b|overdue|over\b|early|old|"
    r"to\s+(?:reply|appeal|decide|respond|answer|go)|process|clock|more|letter|to\s+wait)",
    re.IGNORECASE,
)
_OWED = re.compile(
    r"nothing|\bno\b|not|n['’]?t\b|still|wait|silence|yet|where|should\s+have|overdue|late|how\s+long|"
    r"what\s+now|peep|without|since|after",
    re.IGNORECASE,
)


LONGEST_WEEKS = 120  # longer stories are no longer one clock


def passed(text: str) -> SpanMention | None:
    """The length of time that has gone by, where a message tells of one; not "the 20 week limit" or "6 weeks late"."""
    for span in find_spans(text):
        if span.ago or _A_LIMIT.match(text[span.end :]) or span.days is not None or not _OWED.search(text):
            continue
        before = text[max(0, span.start - 25) : span.start]
        if span.ordinal and re.search(r"\b(?:when|wen|by|in|is|until|after|of)\s+(?:is\s+)?$", before, re.IGNORECASE):
            continue
        if span.ordinal or (_PASSED_BEFORE.search(before) or _PASSED_AFTER.match(text[span.end :])):
            return span
    return None


def _take_span(told: Told, text: str, today: date) -> None:
    span = passed(text)
    if span is None:
        return
    day = _back(today, span)
    if day is None:
        return
    trigger = nearest(text, span)
    trigger = refined(trigger, text) if trigger and trigger != "ignore" else None
    told.guessed = None if trigger else "request_received"
    told.span = span
    told.facts.append(Fact(trigger or "request_received", day, span.text, about=True))


def _back(today: date, span: SpanMention) -> date | None:
    if (span.weeks or 0) > LONGEST_WEEKS or (span.months or 0) > LONGEST_WEEKS // 4:
        return None
    if span.months:
        return today - relativedelta(months=span.months)
    return today - timedelta(weeks=span.weeks or 0, days=span.days or 0)


# --- the move to the next school ---
_YEAR_GROUP = re.compile(r"\b(?:year|yr|y)\s*(?P<n>2|5|6|10|11)\b", re.IGNORECASE)
_NEXT_SCHOOL = re.compile(
    r"high\s+school|secondary|senior\s+school|big\s+school|phase\s+transfer|transfer|infants?\b|"
    r"juniors?\b|moving\s+up|next\s+school|start(?:s|ing)?\s+(?:in\s+)?(?:reception|school)|year\s*7|"
    r"yr\s*7|\by7\b",
    re.IGNORECASE,
)
_AFTER_16 = re.compile(r"college|sixth\s+form|6th\s+form|post[\s-]?16", re.IGNORECASE)
_SEPTEMBER = re.compile(
    r"\b(?:sept?|september)\.?\s*(?:of\s+)?(?P<y>20[0-9]{2}|'[0-9]{2})\b|\bin\s+(?P<z>20[0-9]{2})\b", re.IGNORECASE
)
_ASKS_WHEN = re.compile(
    r"\bwhen\b|\bwen\b|what\s+date|\bdeadline\b|how\s+long|by\s+what|last\s+day|cut\s*off", re.IGNORECASE
)
_TRANSFER_STEP = re.compile(
    r"find\s+out|finali[sz]|final|name|naming|know|hear|told|tell|place|school|college|decid|decision|"
    r"plan|ehcp|confirm",
    re.IGNORECASE,
)


def phase_transfer(text: str, today: date) -> Fact | None:
    """The September of a move to the next school, where the message asks when the plan must name it."""
    groups = {found["n"] for found in _YEAR_GROUP.finditer(text)}
    group = _YEAR_GROUP.search(text) if len(groups) == 1 else None
    if (
        not _ASKS_WHEN.search(text)
        or not _TRANSFER_STEP.search(text)
        or re.search(
            r"annual\s+review|\bdraft\b|tell\s+them|\bchoose|\bapply|camhs|diagnos|assessment", text, re.IGNORECASE
        )
    ):
        return None
    after16 = bool(_AFTER_16.search(text)) or bool(group and group["n"] in ("10", "11"))
    if not group and not ((_NEXT_SCHOOL.search(text) or after16) and _SEPTEMBER.search(text)):
        return None
    september = _september(text, group["n"] if group else None, today)
    kind: Literal["transfer_post16_year", "transfer_secondary_year"] = (
        "transfer_post16_year" if after16 else "transfer_secondary_year"
    )
    return Fact(kind, september, group[0] if group else "")


def _september(text: str, group: str | None, today: date) -> date:
    said = _SEPTEMBER.search(text)
    if said:
        digits = int((said["y"] or said["z"]).strip("'"))
        year = digits if digits > 99 else 2000 + digits
        if today.year - 2 <= year <= today.year + 6:
            return date(year, 9, 1)
    next_one = today.year + (today.month >= 9)
    return date(next_one + (group in ("5", "10")), 9, 1)
