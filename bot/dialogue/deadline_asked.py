"""Which limit a message asks about, and which limits answer the events that it tells of."""

import re
from collections.abc import Mapping
from datetime import date

from bot.law.calendar import Calendar
from bot.law.clocks import complete, limits, reckon
from bot.law.reckoning import Reckoning

# What a parent asks for by name, in the order of trying; a limit is taken only where it can be reckoned.
_ASKED: tuple[tuple[str, str], ...] = (
    (
        "challenge",
        r"upper\s+tribunal|permission\s+to\s+appeal|set\s+aside|(?:challenge|appeal)\s+(?:the|a|that)\s+(?:tribunal|judge|"
        r"decision\s+of\s+the\s+tribunal)",
    ),
    ("discrimination", r"discriminat|disability\s+claim|equality\s+act"),
    ("ombudsman", r"ombudsman|lgsco"),
    ("mediation_contact", r"\b(?:ring|contact|call|phone|speak)\b.{0,25}\bmediat"),
    ("draft_reply", r"\b(?:reply|respond|answer|comment|comments|response|representations|get\s+back)\b|15\s+days"),
    ("review_report", r"\breport\b|paperwork|\bminutes\b"),
    (
        "review_decision",
        r"\bdecision\b|\bdecide|\bnotice\b|\bletter\b|\bhear\b|\btell\s+(?:me|us)|\bresponse\b|4\s+weeks?|"
        r"four\s+weeks?",
    ),
    ("review_final", r"\bfinal|\bamended\b|new\s+plan|changed\s+plan|12\s+weeks|twelve\s+weeks"),
    ("order_assess_notice", r"\btell\b|\bstart|\bagree|\bsay\b|\blet\b"),
    ("order_plan_draft", r"\bdraft"),
    ("order_plan_final", r"\bfinal"),
    ("order_assess_final", r"\bfinal"),
    ("reassess_final", r"\bfinal|new\s+plan|14\s+weeks"),
    ("moving_notice", r"new\s+(?:council|la)\b"),
    (
        "no_plan",
        r"\b(?:week|wk)\s*(?:16|sixteen)\b|16[\s-]+weeks?|no\s+plan\s+(?:decision|letter)|"
        r"if\s+there\s+(?:is|will\s+be)\s+no\s+plan",
    ),
    (
        "decide_to_assess",
        r"\b(?:week|wk)\s*(?:6|six)\b|\b(?:6|six)[\s-]+weeks?\b|whether\s+(?:to|they|he|she|it)|"
        r"\bassess(?:ment)?\s+or\s+not|(?:decide|decision|answer|reply|say|respond|tell\s+me|tell\s+us|"
        r"hear)\b(?!.{0,30}\bplan\b)",
    ),
    (
        "final_plan",
        r"\bfinal|\b(?:week|wk)\s*(?:20|twenty)\b|20[\s-]+weeks?|twenty\s+weeks|(?:plan|"
        r"ehcp)\b.{0,25}\b(?:due|done|ready|finished|by|here|complete)|(?:get|have|issue|issued|due|"
        r"see)\b.{0,25}\b(?:plan|ehcp)",
    ),
    ("appeal", r"appeal|tribunal|send\s?35"),
)
ASKED = tuple((limit, re.compile(pattern, re.IGNORECASE)) for limit, pattern in _ASKED)

# The limits that follow an event, in the order of their days. The first that is still to come leads.
FOLLOWING: dict[str, tuple[str, ...]] = {
    "request_received": ("decide_to_assess", "no_plan", "final_plan"),
    "decision_to_assess": ("final_plan",),
    "decision_not_to_assess": ("appeal", "mediation_contact"),
    "decision_no_plan": ("appeal", "mediation_contact"),
    "appeal_decision": ("appeal", "mediation_contact"),
    "final_plan": ("appeal", "mediation_contact"),
    "certificate": ("appeal",),
    "draft_served": ("draft_reply",),
    "advice_asked": ("advice",),
    "consultation_received": ("school_consultation",),
    "review_meeting": ("review_report", "review_decision", "review_final"),
    "review_notice": ("review_final",),
    "reassess_request": ("reassess_reply",),
    "reassess_notice": ("reassess_final",),
    "mediation_asked": ("mediation_arranged",),
    "mediation_refused": ("certificate_refused",),
    "mediation_ended": ("certificate_after",),
    "appeal_served": ("appeal_response",),
    "hearing": ("bundle", "tribunal_decision"),
    "decision_tribunal": ("challenge",),
    "order_assess": ("order_assess_notice", "order_assess_no_plan", "order_assess_final"),
    "order_plan": ("order_plan_draft", "order_plan_final"),
    "order_amend": ("order_amend",),
    "order_school": ("order_school",),
    "recommendation": ("recommendation",),
    "moved": ("moving_transfer", "moving_notice"),
    "council_told_of_move": ("moving_transfer", "moving_notice"),
    "plan_transferred": ("moving_notice",),
    "transfer_secondary_year": ("phase_transfer",),
    "transfer_post16_year": ("phase_transfer_post16",),
    "transfer_college": ("phase_transfer_college",),
    "discrimination_act": ("discrimination",),
    "plan_made": ("review_year",),
    "problem_known": ("ombudsman",),
}
# Of several events told at once, the parent's own right leads, then what the council owes.
_LEADING = (
    "appeal_decision",
    "decision_not_to_assess",
    "decision_no_plan",
    "final_plan",
    "certificate",
    "draft_served",
    "order_school",
    "order_amend",
    "order_plan",
    "order_assess",
    "review_notice",
    "review_meeting",
    "reassess_notice",
    "reassess_request",
    "request_received",
)
_ASKING_PART = re.compile(
    r"\bwhen\b|\bwen\b|by\s+what|how\s+long|deadline|last\s+day|what\s+date|\bdue\b|work\s+out", re.IGNORECASE
)
_ASSESSING = re.compile(
    r"agreed|said\s+yes|assess(?:ed|ing|ment\s+(?:done|started|finished|over|went))|\bep\b|ed\s+psych|"
    r"psychologist|draft|\bplan\b|ehcp",
    re.IGNORECASE,
)


def choose(text: str, told: list[str], facts: Mapping[str, date], today: date, calendar: Calendar) -> list[Reckoning]:
    """The reckonings that answer a message, the one that leads first; empty where no limit can be reckoned.

    Args:
        text: the message; what it asks for by name leads.
        told: the triggers of the dates in this message.
        facts: all dates known, by trigger.
    """
    lead = leading(told)
    following = FOLLOWING.get(lead, ()) if lead else ()
    known = [found for limit in following if (found := _reckoned(limit, facts, calendar))]
    asked = asked_limit(text, told, facts, calendar)
    if asked:
        return _led_by(asked, [one for one in known if one.limit != asked.limit])
    if lead == "request_received" and known:
        return _led_by(_of_a_request(text, known, facts, today), known)
    if lead == "review_meeting" and known:
        return _led_by(_of_a_review(known, facts, today), known)
    first = next((one for one in known if one.due >= today), None) or (known[-1] if known else None)
    if known and known[0].whose == "parent":
        first = known[0]
    return _led_by(first, known)


def _led_by(first: Reckoning | None, known: list[Reckoning]) -> list[Reckoning]:
    return ([first] if first else []) + [one for one in known if one is not first]


def leading(told: list[str]) -> str | None:
    """The event of a message that leads its answer."""
    return next((trigger for trigger in _LEADING if trigger in told), told[-1] if told else None)


def asked_limit(text: str, told: list[str], facts: Mapping[str, date], calendar: Calendar) -> Reckoning | None:
    """The limit that the message names, where it follows from what was told just now (or before, if nothing was).

    The part that asks for a time may name any of them; the rest of the text only what follows from the leading event.
    """
    known = complete(facts)
    lead = leading(told)
    for part, names in ((_asking_part(text), told), (text, [lead] if lead else [])):
        heard = complete({name: known[name] for name in names if name in known}) if told else known
        for limit_id, pattern in ASKED:
            starts = {name for count in limits()[limit_id].counts for name in (count.start, count.otherwise) if name}
            if starts & set(heard) and pattern.search(part) and (found := _reckoned(limit_id, facts, calendar)):
                return found
    return None


def _asking_part(text: str) -> str:
    """The last part of a message that asks for a time; nothing where none does."""
    parts = [part for part in re.split(r"[.?!;,\n]", text) if _ASKING_PART.search(part)]
    return parts[-1] if parts else ""


def _reckoned(limit: str, facts: Mapping[str, date], calendar: Calendar) -> Reckoning | None:
    found = reckon(limit, facts, calendar)
    return found if isinstance(found, Reckoning) else None


def _of_a_request(text: str, known: list[Reckoning], facts: Mapping[str, date], today: date) -> Reckoning:
    """Six weeks, sixteen or twenty? Past steps with no answer lead until the last of them has passed too."""
    by_id = {one.limit: one for one in known}
    decided = "decision_to_assess" in facts or bool(_ASSESSING.search(text))
    waiting = re.search(
        r"nothing|no\s+(?:reply|answer|decision|response|outcome)|silence|not\s+heard|waiting|heard",
        text,
        re.IGNORECASE,
    )
    final, decide = by_id["final_plan"], by_id["decide_to_assess"]
    if final.due < today or (decided and decide.due < today):
        return final
    if decide.due >= today or waiting:
        return decide
    return final


def _of_a_review(known: list[Reckoning], facts: Mapping[str, date], today: date) -> Reckoning:
    """The council's decision leads, until the last day for a changed plan has passed or the decision has come."""
    by_id = {one.limit: one for one in known}
    final = by_id["review_final"]
    return final if final.due < today or "review_notice" in facts else by_id["review_decision"]
