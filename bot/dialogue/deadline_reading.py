"""Reads the dates of one message as facts for the clock: which event each belongs to, and what is only guessed."""

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from bot.dialogue.deadline_cues import Linked, arrived, cues, link, nearest, refined
from bot.dialogue.deadline_expected import ahead, is_expected
from bot.dialogue.deadline_state import ClockState, event_of
from bot.dialogue.deadline_talk import another_story, in_this_talk
from bot.dialogue.deadline_told import Fact, Told
from bot.dialogue.deadline_transfer import phase_transfer
from bot.dialogue.deadline_weeks import SINCE, back, passed
from bot.law.content import RECEIVED
from bot.law.spoken import DateMention, find_dates

# Events that have happened when a parent tells their date; a day ahead is questioned.
_OVER = frozenset(
    "request_received decision_not_to_assess decision_to_assess decision_no_plan draft_served final_plan appeal_decision "
    "certificate mediation_refused review_notice reassess_request reassess_notice decision_tribunal discrimination_act "
    "order_assess order_plan order_amend order_school".split()
)
_PARENTS = frozenset(
    "decision_not_to_assess decision_no_plan final_plan appeal_decision certificate draft_served discrimination_act decision_tribunal".split()
)
LETTERS_OF_DECISION = frozenset("decision_not_to_assess decision_no_plan final_plan appeal_decision".split())
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

MOST_DATES = 12  # dates read in one message; more is no story of one child

_CORRECTION = re.compile(
    r"^\s*(?:no\b|nope|sorry|actually|oops|correction|wait|i\s+mean|meant|not\b|my\s+mistake|wrong)", re.IGNORECASE
)
_HYPOTHETICAL = re.compile(r"\b(?:if|suppose|assuming|assume|say\s+they|imagine)\b", re.IGNORECASE)
_BIRTH = re.compile(
    r"\b(?:born|dob|d\.o\.b\.?|birthday|date\s+of\s+birth|turn(?:s|ed|"
    r"ing)?(?!\s+(?:up|down|out|him|her|us|me|it)\b)(?:\s+[0-9]+)?)\b[^.,;]{0,15}$",
    re.IGNORECASE,
)
_TODAY_IS = re.compile(
    r"(?:\bits|\bit['’]s|\bit\s+is|\btoday\s+is|\bwe(?:['’]?re|\s+are)(?:\s+now)?(?:\s+in)?|"
    r"\btoday['’]?s|\bnow|\btoday)\s*(?:date\s+is\s+|already\s+|now\s+|nearly\s+|the\s+|only\s+)*$",
    re.IGNORECASE,
)
_DUE_DAY = re.compile(
    r"\b(?:due|deadline|promised|finish(?:es|ing)?|(?:be|get|have\s+\w+)\s+finished|supposed\s+to\s+\w+|should\s+have\s+\w+|weeks?\s+date|"
    r"last\s+day)(?:\s+\w+){0,4}?\s*(?:on|by|in|is|was|before)?\s*$|\b(?:until|till|"
    r"til)\s+(?:the\s+)?$|(?<!turned )(?<!turns )(?<!picked )(?<!opened )\b(?:up|ends?|runs?\s+out)\s+(?:on\s+)?(?:the\s+)?$|\bby\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_ACTING = re.compile(
    r"\b(?:appeal(?:ing)?|send|ring|need|want|have\s+to|must|submit|lodge|post)\b[^.;]{0,25}$", re.IGNORECASE
)
_WAITED = re.compile(r"\bwait(?:ing|ed)\b", re.IGNORECASE)
_FOR_A_PLAN = re.compile(r"\bplan\b|ehcp?\b|ehcna|needs\s+assessment", re.IGNORECASE)
_NEAR = re.compile(r"^(?:today|tonight|tomorrow|now|tmrw|tomoz|2day|2moro)$", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|instead\s+of|rather\s+than)\s+(?:on\s+)?(?:the\s+)?$", re.IGNORECASE)


def read(text: str, state: ClockState, today: date, topic: str | None = None) -> Told:
    """The facts of one message: its dates with their events, weeks that have passed, a move to the next school."""
    told = Told(correction=bool(_CORRECTION.search(text)), hypothetical=bool(_HYPOTHETICAL.search(text)))
    transfer = phase_transfer(text, today)
    mentions = [
        mention for mention in find_dates(text, today) if not _no_fact(text, mention, today, transfer is not None)
    ][:MOST_DATES]
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
    names_a_limit = re.match(r"\s+(?:date|deadline|rule|limit)\b", text[mention.end :], re.IGNORECASE)
    if names_a_limit and text[mention.end - 1] != ".":
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
    expected = is_expected(text, mention)
    if expected:
        fact = ahead(fact, today)
    if fact.trigger is None:
        (told.doubtful if fact.doubt else told.loose).append(fact)
    elif (fact.doubt == "ambiguous" and _must_be_past(fact, today)) or (fact.doubt == "future" and told.hypothetical):
        told.facts.append(_without_doubt(fact))
    elif fact.doubt and not (fact.doubt == "which_year" and told.hypothetical):
        told.doubtful.append(fact)
    elif fact.day and fact.day > today and fact.name in _OVER and not (told.hypothetical or expected):
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


def _must_be_past(fact: Fact, today: date) -> bool:
    """Of "the 28th" ahead and "the 28th" of last month, a letter can only have come on the one behind."""
    return fact.name in _OVER and fact.day is not None and fact.other is not None and fact.day <= today < fact.other


def _event_of(one: Linked, told: Told, state: ClockState, text: str, topic: str | None, alone: bool) -> str | None:
    """The date's event: told by its words, else corrected, else asked for, else suggested by what the talk is about."""
    if one.trigger and not (told.correction and state.last and _vague_word(text)):
        return _as_known(one.trigger, state, text) + (RECEIVED if one.received else "")
    if told.correction and state.last:
        return state.last
    if state.awaiting and alone:
        return state.awaiting
    if another_story(text):
        return None
    if asks_to_appeal(text) and not _WAITED.search(text):
        return "appeal_decision"
    if _WAITED.search(text) and _FOR_A_PLAN.search(text):
        return "request_received"
    if re.search(r"\b(?:week|wk)\s*[0-9]+|\b20[\s-]week|final\s+plan|finali[sz]e", text, re.IGNORECASE):
        return "request_received"
    return TOPICS.get(topic or "") or (state.last if one.trigger else None)


def _as_known(trigger: str, state: ClockState, text: str) -> str:
    """ "The letter was dated 4 March" after "refused to assess" is the date of that same letter."""
    if trigger == "appeal_decision":
        if state.awaiting in LETTERS_OF_DECISION:
            return state.awaiting
        known = [name for name in state.facts if name in LETTERS_OF_DECISION]
        if state.last in LETTERS_OF_DECISION and known and re.search(r"letter|dated|date", text, re.IGNORECASE):
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
        came and trigger in LETTERS_OF_DECISION,
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


def _take_span(told: Told, text: str, today: date) -> None:
    span = passed(text)
    if span is None:
        return
    day = back(today, span)
    if day is None:
        return
    trigger = nearest(text, cues(text), span)
    trigger = in_this_talk(refined(trigger, text), text, vague=True) if trigger else None
    if trigger == "ignore":
        return
    if trigger and trigger != "request_received" and not SINCE.match(text[span.end :]):
        return  # "the draft came after 9 weeks" does not say how long ago it came
    told.guessed = None if trigger else "request_received"
    told.span = span
    told.facts.append(Fact(trigger or "request_received", day, span.text, about=True))
