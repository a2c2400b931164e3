"""Which event a date belongs to: told by the words nearest to it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.law.spoken import DateMention, SpanMention

FURTHEST = 110  # characters (with the penalties below) beyond which a word says nothing about a date
AFTER = 18  # words usually stand before their date
PAST_OTHER_DATE = 45
PAST_SENTENCE = 50
PAST_COMMA = 10
LOOSE_WORDS = {"decision": 15, "dated": 60}  # "letter" says less than "certificate", "dated" next to nothing

_ASSESS = r"(?:(?:ehc[\s-]?(?:p|n)?\w*\s+)?(?:needs?\s+)?assess\w*|ehcna|ehc\s?na)"
_A = r"(?:an?|the|his|her|my|our|their|him|us|for|to|carry\s+out|do|any|even)\s+"
_PLAN = r"(?:ehc\s?p(?:lan)?s?|ehc\s+plan|plan|echp)"
_REFUSE = (
    r"(?:refus\w*|reject\w*|declin\w*|turn(?:ed|ing)?\s+(?:\w+\s+)?down|sa(?:id|y|ys|"
    r"ying)\s+no(?:\s+to)?|no\s+to)(?:\s+(?:letter|decision))?"
)

# Events by their own words; the order settles ties. "ignore" marks a day on which nothing that counts happened.
_SPECIFIC: tuple[tuple[str, str], ...] = (
    (
        "ignore",
        r"(?:rang|called|phoned|contacted|chased|spoke\s+to|emailed)\s+(?:the\s+|our\s+|"
        r"my\s+)?(?:mediat\w*(?:\s+\w+)?|caseworker|school)|holidays?\b|(?:sent|lodged|submitted|put\s+in|"
        r"posted|filed)\s+(?:in\s+|off\s+)?(?:my|our|the|an)\s+appeal|\blodged\b(?!\s+(?:the|our|"
        r"my)\s+(?:request|ehc))|\bappealed\b|complain\w*|stage\s+(?:one|two|1|2)\b|records\b|"
        r"subject\s+access|\bsar\b|\bfoi\b|referr\w*|diagnos\w*|letter\s+before|personal\s+budget|"
        r"payments?\b",
    ),
    ("certificate", r"certificate|certif\w*|\bcert\b"),
    (
        "mediation_refused",
        r"(?:refused|declined|said\s+no\s+to|turned\s+down|did(?:n'?t| not)\s+want|do(?:n'?t|"
        r" not)\s+want)\s+(?:the\s+)?mediation",
    ),
    (
        "mediation_asked",
        r"(?:asked|requested|request|applied|opted|signed\s+up|said\s+yes|agreed)\s+(?:for\s+|"
        r"to\s+)?(?:the\s+)?mediation",
    ),
    (
        "mediation_ended",
        r"mediation\s+(?:meeting|session|ended|finished|was|failed|took|happened|broke|day|is)|(?:had|"
        r"after|did|finished|ended)\s+(?:the\s+|our\s+|my\s+)?mediation|mediated",
    ),
    ("reassess_notice", rf"(?:agreed|yes|will)\s+(?:{_A})*re-?assess\w*"),
    ("appeal_decision", rf"{_REFUSE}\s+(?:{_A})*re-?assess\w*"),
    (
        "reassess_request",
        r"(?:ask(?:ed)?|request(?:ed)?|appl(?:ied|ication)|put\s+in)\s+(?:for\s+)?(?:a\s+)?re-?assess\w*|"
        r"re-?assess\w*\s+request",
    ),
    (
        "decision_not_to_assess",
        rf"{_REFUSE}\s+(?:{_A})*{_ASSESS}|not\s+(?:going\s+)?to\s+assess|(?:won'?t|wouldn'?t|"
        rf"not)\s+assess\w*|\brta\b|{_ASSESS}\s+(?:was\s+|been\s+)?(?:refused|rejected|declined|"
        rf"turned\s+down)|refusal\s+of\s+(?:{_A})*{_ASSESS}",
    ),
    (
        "decision_no_plan",
        rf"{_REFUSE}\s+(?:{_A})*(?:issue\b|{_PLAN})|not\s+(?:going\s+)?to\s+issue|(?:won'?t|wouldn'?t|"
        r"not)\s+issu\w*|no[\s-]+plan\s+(?:letter|decision)|refusal\s+(?:to\s+issue|"
        rf"of\s+(?:{_A})*{_PLAN})|{_PLAN}\s+(?:was\s+|been\s+)?(?:refused|rejected|declined|turned\s+down)",
    ),
    (
        "decision_to_assess",
        rf"(?:agreed|yes|agree|will|going)\s+(?:{_A})*{_ASSESS}|{_ASSESS}\s+(?:was\s+|been\s+)?agreed|"
        r"said\s+yes|\bagreed\b",
    ),
    (
        "appeal_decision",
        rf"{_REFUSE}\s+(?:{_A})*(?:amend|change|maintain)\w*|(?:not|won'?t)\s+(?:to\s+)?(?:amend|maintain|"
        rf"change)|ceas(?:e|ed|ing)\b|(?:end|stop)(?:ing|ped|ped)?\s+(?:{_A})*{_PLAN}|"
        r"cease\s+to\s+maintain|not\s+amending",
    ),
    (
        "review_notice",
        r"notice\s+(?:to|of)\s+(?:proposed\s+)?(?:amend|finalise|changes?)\w*|proposed\s+(?:amendments?|"
        r"changes)|amendment\s+notice|(?:agreed|intend\w*|decided|going)\s+to\s+amend|amendment\s+letter|"
        r"notice\s+of\s+amend\w*",
    ),
    ("draft_served", rf"draft\w*|proposed\s+{_PLAN}|representations"),
    (
        "final_plan",
        rf"final(?:ised|ized)?\s+(?:amended\s+)?(?:ehc\s+)?(?:{_PLAN}|one|version|copy)|"
        rf"amended\s+(?:final\s+)?{_PLAN}|(?:was|got|been|they)\s+finali[sz]ed|finali[sz]ed|"
        r"\bfinal\b(?!\s+(?:date|day|deadline|hearing|warning|say))",
    ),
    ("recommendation", r"recommend\w*"),
    (
        "tribunal_order",
        r"order(?:ed|s)?\b|won\s+(?:{a})*(?:appeal|tribunal|case)|conced\w*|consent\s+order".replace("{a}", _A),
    ),
    (
        "decision_tribunal",
        r"tribunal(?:'?s)?\s+(?:decision|decided|ruling|ruled|said|judg\w*|sent|gave)|lost\s+(?:the\s+|"
        r"our\s+|my\s+)?(?:appeal|tribunal|case|hearing)|judgment",
    ),
    ("hearing", r"hearing"),
    (
        "appeal_served",
        r"appeal\s+(?:was\s+|got\s+|has\s+been\s+)?(?:registered|served|accepted|"
        r"sent\s+to\s+the\s+council)|registration\s+letter|tribunal\s+registered",
    ),
    ("consultation_received", r"consult\w*"),
    ("advice_asked", r"(?:asked|request\w*|sought)\s+(?:for\s+)?(?:the\s+)?(?:ep|ed\s+psych|advice|reports?)\b"),
    (
        "council_told_of_move",
        r"(?:told|informed|let)\s+(?:the\s+|our\s+|my\s+)?(?:old\s+)?(?:council|la|local\s+authority|"
        r"stockport)\b.{0,30}\bmov\w+",
    ),
    ("transfer_notice", r"new\s+(?:council|la)\s+(?:wrote|sent|letter)"),
    ("plan_transferred", rf"{_PLAN}\s+(?:was\s+)?(?:transferred|moved\s+over|passed\s+on)"),
    ("moved", r"\bmov(?:ed|ing|e)\b(?!\s+(?:up\b|on\s+(?!the\s+[0-9]|[0-9])))|new\s+house"),
    ("discrimination_act", r"discriminat\w*|incident|treated\s+(?:badly|unfairly)|left\s+out"),
    (
        "review_meeting",
        r"(?:annual|emergency|early|interim|transition|yearly)\s+(?:ehcp?\s+)?reviews?(?:\s+meeting)?|"
        r"review\s+(?:meeting|was|held|took|on|is|at)|\breviewed\b|\breview\b|\ba\.?r\.?\s+(?:meeting|"
        r"was)|\bmeeting\b",
    ),
    (
        "request_received",
        r"(?:we|i|school|nursery|senco)\s+asked\b(?!\s+(?:for\s+)?(?:the\s+|an?\s+)?(?:mediat|re-?assess|"
        r"ep\b))|request(?:ed|s)?\b|appl(?:ied|ications?|ying)\b|"
        rf"asked\s+(?:\w+\s+){{0,3}}(?:for\s+)?(?:{_A})*(?:{_ASSESS}|{_PLAN})|put\s+in\b|submitted|"
        rf"went\s+in\b|sent\s+(?:it\s+)?(?:off|in)\b|{_ASSESS}\s+(?:sent|form|went)|(?:council|la|"
        r"they)\s+(?:got|received|had)\s+(?:it|my|our|the)\b|asked\s+for\s+(?:one|it)",
    ),
)
# Words that speak of a decision without saying which; `refined` asks the rest of the text.
_GENERIC = (
    r"letter|decision|refus\w*|reject\w*|turn(?:ed)?\s+(?:\w+\s+)?down|said\s+no|declin\w*|decided|"
    r"\bemail\b|emailed\s+(?:me|us)|notified|\bno\s+came"
)
_LOOSE = (("decision", _GENERIC), ("dated", r"\bdated\b|\b(?:with|has|have|had|a|the)\s+date\b(?!\s+is)"))
_CUES = tuple((trigger, re.compile(pattern, re.IGNORECASE)) for trigger, pattern in _SPECIFIC + _LOOSE)
# "Still no draft", "waiting for the certificate", "by when must they finalise": the event has not happened.
_NOT_YET = re.compile(
    r"(?:\bno|\bnot|n[’']t|\b(?:do|did|have|has|wo|is|are|does|ca|was)nt|\bnever|\bwithout|"
    r"waiting\s+(?:for|on)|awaiting|\bwhen(?:\s+\w+)?(?:\s+\w+)?|\bwen\b.{0,12}|\bmust|\bshould|\bcan|"
    r"\bneed\s+to|\bhave\s+to|\bhow\s+(?:do|long).{0,12}|\bdue)"
    r"\s+(?:(?:the|a|an|my|our|i|we|they|it|be|have|had|got|any|sign\s+of|even|come|sent|received|yet|"
    r"still|get|for)\s+)*$",
    re.IGNORECASE,
)
_REALLY_NO = re.compile(r"^(?:refus|reject|declin|turn|no\b|not\b|won|wouldn|ceas|said|say)", re.IGNORECASE)
_ARRIVED = re.compile(
    r"\b(?:came|arrived|got|gotten|received|recieved|landed|opened|reached|turned\s+up|until|"
    r"postmark\w*|email\s+came)\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\b(?:dated|date(?:d)?\s+on|says|said|inside|at\s+the\s+top|on\s+the\s+letter|on\s+it|written|"
    r"date)\b",
    re.IGNORECASE,
)
_ORDER_KINDS = (
    ("order_school", r"school|section\s+i\b|placement|name"),
    ("order_amend", r"amend|section\s+[bf]\b|contents?|change|sections"),
    ("order_plan", rf"(?:issue|make|get|maintain|prepare)\s+(?:{_A})*{_PLAN}|\bplan\b|ehcp"),
    ("order_assess", r"assess"),
)


@dataclass(frozen=True)
class Linked:
    """A date and the event it belongs to; None where no word near it says. `received`: the day a letter came."""

    mention: DateMention
    trigger: str | None
    received: bool = False


# A stretch such as "since Easter" belongs to an event only where its words stand close by.
CLOSE = 25


def link(text: str, mentions: list[DateMention]) -> list[Linked]:
    """Ties each date of a text to an event; a letter's date and the day it came become two facts of one event."""
    linked: list[Linked] = []
    for mention in mentions:
        trigger = nearest(text, mention, [other for other in mentions if other is not mention])
        trigger = in_this_talk(refined(trigger, text) if trigger else None, text)
        if trigger is None and linked and _came(text, mention):  # "it only came on the 2nd"
            trigger = linked[-1].trigger
        linked.append(Linked(mention, trigger))
    return _arrivals(text, linked)


def nearest(
    text: str, place: DateMention | SpanMention, others: Iterable[DateMention | SpanMention] = ()
) -> str | None:
    """The event whose words stand nearest to a date or a length of time."""
    furthest = CLOSE if getattr(place, "precision", "") == "vague" else FURTHEST
    best: tuple[int, int, str] | None = None
    for rank, (trigger, pattern) in enumerate(_CUES):
        for found in pattern.finditer(text):
            if _has_not_happened(text, found):
                continue
            score = _score(text, found.start(), found.end(), place, others) + LOOSE_WORDS.get(trigger, 0)
            if score <= furthest and (best is None or (score, rank) < best[:2]):
                best = (score, rank, trigger)
    return best[2] if best else None


def _has_not_happened(text: str, found: "re.Match[str]") -> bool:
    if _REALLY_NO.match(found[0]):
        return False
    return bool(_NOT_YET.search(text[max(0, found.start() - 40) : found.start()]))


def _score(
    text: str, start: int, end: int, place: DateMention | SpanMention, others: Iterable[DateMention | SpanMention]
) -> int:
    if start < place.end and place.start < end:
        return 0
    before = end <= place.start
    low, high = (end, place.start) if before else (place.end, start)
    between = text[low:high]
    score = len(between) + (0 if before else AFTER)
    score += PAST_SENTENCE * len(re.findall(r"[.!?\n;](?=\s|$)", between))
    score += PAST_COMMA * between.count(",") + PAST_COMMA * len(re.findall(r"\b(?:and|but|then)\b", between))
    return score + PAST_OTHER_DATE * sum(low <= other.start < high for other in others)


def refined(trigger: str, text: str) -> str:
    """The exact event where the nearest words leave it open: which decision, which order."""
    if trigger == "tribunal_order":
        return next(
            (kind for kind, words in _ORDER_KINDS if re.search(words, text, re.IGNORECASE)), "decision_tribunal"
        )
    if trigger not in LOOSE_WORDS:
        return trigger
    for kind in (
        "decision_not_to_assess",
        "decision_no_plan",
        "appeal_decision",
        "decision_to_assess",
        "review_notice",
        "final_plan",
        "draft_served",
    ):
        if _happened(kind, text):
            return kind
    return _kind_by_words(text)


_NEXT_REVIEW = re.compile(
    r"\b(?:next|yearly)\s+(?:annual\s+)?review\b|must\s+(?:it|the\s+plan|they)\s+(?:be\s+)?review|"
    r"(?:be|review)\s+(?:it\s+)?reviewed\s+by|by\s+when\b.{0,20}\breviewed",
    re.IGNORECASE,
)
_KNEW = re.compile(r"\b(?:knew|found\s+out|noticed|reali[sz]ed|learned|learnt|problem)\b", re.IGNORECASE)


def in_this_talk(trigger: str | None, text: str) -> str | None:
    """The last review, or the plan's date, starts the year to the next one; the Ombudsman counts from knowing."""
    if _NEXT_REVIEW.search(text) and trigger in ("review_meeting", "final_plan", "appeal_decision", "plan_made", None):
        return "plan_made"
    if re.search(r"ombudsman|lgsco", text, re.IGNORECASE) and _KNEW.search(text):
        return "problem_known"
    return trigger


def _happened(kind: str, text: str) -> bool:
    return any(
        not _has_not_happened(text, found)
        for trigger, pattern in _CUES
        if trigger == kind
        for found in pattern.finditer(text)
    )


def _kind_by_words(text: str) -> str:
    """ "Refusal letter ... assess" far apart still tells which decision it was."""
    if re.search(r"refus|reject|declin|turned", text, re.IGNORECASE):
        if re.search(r"re-?assess", text, re.IGNORECASE):
            return "appeal_decision"
        if re.search(rf"\b{_ASSESS}", text, re.IGNORECASE):
            return "decision_not_to_assess"
    return "appeal_decision"


def _arrivals(text: str, linked: list[Linked]) -> list[Linked]:
    """Of two dates of one event, the one that came by "arrived" or "got" is the day it came."""
    done: list[Linked] = []
    for index, one in enumerate(linked):
        twins = [k for k, other in enumerate(linked) if other.trigger == one.trigger and k != index]
        if one.trigger is None or not twins:
            done.append(one)
            continue
        others = [linked[k] for k in twins]
        came = _came(text, one.mention) and not any(_came(text, other.mention) for other in others)
        unsaid = (
            not _came(text, one.mention)
            and any(_dated(text, other.mention) for other in others)
            and not _dated(text, one.mention)
        )
        done.append(Linked(one.mention, one.trigger, received=came or (unsaid and bool(twins) and twins[0] < index)))
    return done


def _came(text: str, mention: DateMention) -> bool:
    return bool(_ARRIVED.search(_just_before(text, mention))) and not _dated(text, mention)


def _dated(text: str, mention: DateMention) -> bool:
    after = re.split(r"[,.;!?\n]|\b(?:and|but)\b", text[mention.end : mention.end + 20])[0]
    return bool(
        _DATED.search(_just_before(text, mention)) or re.search(r"at\s+the\s+top|on\s+(?:it|the\s+letter)", after)
    )


def _just_before(text: str, mention: DateMention) -> str:
    return re.split(r"[,.;!?\n]|\b(?:and|but)\b", text[max(0, mention.start - 40) : mention.start])[-1]


def arrived(text: str, mention: DateMention) -> bool:
    """Whether a date is said to be the day a letter came, not the date on it."""
    return _came(text, mention)


def event_named(text: str) -> str | None:
    """The first event that a message names without a date, such as "the refusal letter"."""
    found = [
        (hit.start(), rank, trigger)
        for rank, (trigger, pattern) in enumerate(_CUES)
        for hit in pattern.finditer(text)
        if trigger != "ignore" and not _has_not_happened(text, hit)
    ]
    return refined(min(found)[2], text) if found else None
