"""Which event a date belongs to: told by the words nearest to it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.dialogue.deadline_events import ASSESS, CUES, ORDER_KINDS, REASSESS
from bot.dialogue.deadline_papers import of_its_paper
from bot.dialogue.deadline_talk import in_this_talk, unclear
from bot.law.spoken import DateMention, SpanMention

FURTHEST = 110  # characters (with the penalties below) beyond which a word says nothing about a date
AFTER = 18  # words usually stand before their date
PAST_OTHER_DATE = 45
PAST_SENTENCE = 50
PAST_COMMA = 10
COUNTED_FROM_ARRIVAL = ("request_received", "reassess_request")  # posted one day, signed for another: the later counts
LOOSE_WORDS = {"decision": 15, "dated": 60}  # "letter" says less than "certificate", "dated" next to nothing

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
# "20 April on the certificate and 12 March on the letter": the words that follow own the date.
_ON_THE = re.compile(
    r"\s*,?\s*(?:is\s+|was\s+)?(?:on|for)\s+(?:the|my|our|its|their)\s+(?:mediation\s+)?", re.IGNORECASE
)
_ARRIVED = re.compile(
    r"\b(?:came|arrived|got|gotten|received|recieved|landed|opened|reached|turned\s+up|until|"
    r"signed\s+for|delivered|got\s+there|stamped|logged|postmark\w*|email\s+came)\b",
    re.IGNORECASE,
)
_SIGNED_FOR = re.compile(r"signed\s+for|delivered|got\s+there|stamped|logged", re.IGNORECASE)
_DATED = re.compile(
    r"\b(?:dated|date(?:d)?\s+on|says|said|inside|at\s+the\s+top|on\s+the\s+letter|on\s+it|written|"
    r"date)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Linked:
    """A date and the event it belongs to; None where no word near it says. `received`: the day a letter came."""

    mention: DateMention
    trigger: str | None
    received: bool = False


# A stretch such as "since Easter" belongs to an event only where its words stand close by.
CLOSE = 25


@dataclass(frozen=True)
class Cue:
    """Words of a text that name an event which has happened; `rank` settles ties."""

    start: int
    end: int
    rank: int
    trigger: str


def cues(text: str) -> list[Cue]:
    """All words of a text that name an event; "still no draft" names none."""
    return [
        Cue(found.start(), found.end(), rank, trigger)
        for rank, (trigger, pattern) in enumerate(CUES)
        for found in pattern.finditer(text)
        if not _has_not_happened(text, found)
    ]


def link(text: str, mentions: list[DateMention]) -> list[Linked]:
    """Ties each date of a text to an event; a letter's date and the day it came become two facts of one event."""
    linked: list[Linked] = []
    found = cues(text) if mentions else []
    for mention in mentions:
        trigger = nearest(text, found, mention, [other for other in mentions if other is not mention])
        trigger = in_this_talk(refined(trigger, text) if trigger else None, text, mention.precision == "vague")
        trigger = of_its_paper(text, mention, trigger, alone=len(mentions) == 1)
        if trigger is None and linked and _came(text, mention):  # "it only came on the 2nd"
            trigger = linked[-1].trigger
        linked.append(Linked(mention, trigger))
    return _arrivals(text, linked)


def nearest(
    text: str,
    found: list[Cue],
    place: DateMention | SpanMention,
    others: Iterable[DateMention | SpanMention] = (),
) -> str | None:
    """The event whose words stand nearest to a date or a length of time."""
    furthest = CLOSE if getattr(place, "precision", "") == "vague" else FURTHEST
    best: tuple[int, int, str] | None = None
    for cue in found:
        if max(cue.start - place.end, place.start - cue.end) > furthest:
            continue
        score = _score(text, cue.start, cue.end, place, others) + LOOSE_WORDS.get(cue.trigger, 0)
        if score <= furthest and (best is None or (score, cue.rank) < best[:2]):
            best = (score, cue.rank, cue.trigger)
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
    if _ON_THE.fullmatch(text[place.end : start]):
        return 0
    before = end <= place.start
    low, high = (end, place.start) if before else (place.end, start)
    between = text[low:high]
    score = len(between) + (0 if before else AFTER)
    score += PAST_SENTENCE * len(re.findall(r"[.!?\n;](?=\s|$)", between))
    score += PAST_COMMA * between.count(",") + PAST_COMMA * len(re.findall(r"\b(?:and|but|then)\b", between))
    score += PAST_OTHER_DATE * any(_ON_THE.fullmatch(text[other.end : start]) for other in others)
    return score + PAST_OTHER_DATE * sum(low <= other.start < high for other in others)


def refined(trigger: str, text: str) -> str | None:
    """The exact event where the nearest words leave it open: which decision, which order."""
    if trigger == "tribunal_order":
        unsaid = "ignore" if re.search(r"conced", text, re.IGNORECASE) else "decision_tribunal"
        return next((kind for kind, words in ORDER_KINDS if re.search(words, text, re.IGNORECASE)), unsaid)
    if trigger not in LOOSE_WORDS:
        return trigger
    for kind in (
        "decision_not_to_assess",
        "decision_no_plan",
        "appeal_decision",
        "reassess_notice",
        "decision_to_assess",
        "review_notice",
        "final_plan",
        "draft_served",
    ):
        if _happened(kind, text):
            return kind
    return _kind_by_words(text)


def _happened(kind: str, text: str) -> bool:
    return any(
        not _has_not_happened(text, found)
        for trigger, pattern in CUES
        if trigger == kind
        for found in pattern.finditer(text)
    )


def _kind_by_words(text: str) -> str | None:
    """ "Refusal letter ... assess" far apart still tells which decision it was; without such words none is guessed."""
    if re.search(r"refus|reject|declin|turned", text, re.IGNORECASE):
        if re.search(REASSESS, text, re.IGNORECASE):
            return "appeal_decision"
        if re.search(rf"\b{ASSESS}", text, re.IGNORECASE):
            return "decision_not_to_assess"
    if unclear(text):
        return "request_received" if _happened("request_received", text) else None
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
        received = came or (unsaid and bool(twins) and twins[0] < index)
        done.append(Linked(one.mention, one.trigger, received and not _signed_for(text, one)))
    return done


def _signed_for(text: str, one: Linked) -> bool:
    """A request posted on one day and signed for on another has one date, the later; "they opened it" moves nothing."""
    return one.trigger in COUNTED_FROM_ARRIVAL and bool(_SIGNED_FOR.search(_just_before(text, one.mention)))


def _came(text: str, mention: DateMention) -> bool:
    return bool(_ARRIVED.search(_just_before(text, mention))) and not _dated(text, mention)


def _dated(text: str, mention: DateMention) -> bool:
    after = re.split(r"[,.;!?\n]|\b(?:and|but)\b", text[mention.end : mention.end + 20])[0]
    return bool(
        _DATED.search(_just_before(text, mention)) or re.search(r"at\s+the\s+top|on\s+(?:it|the\s+letter)", after)
    )


def _just_before(text: str, mention: DateMention) -> str:
    return re.split(r"[,.;:!?\n]|\b(?:and|but)\b", text[max(0, mention.start - 40) : mention.start])[-1]


def arrived(text: str, mention: DateMention) -> bool:
    """Whether a date is said to be the day a letter came, not the date on it."""
    return _came(text, mention)


def event_named(text: str) -> str | None:
    """The first event that a message names without a date, such as "the refusal letter"."""
    found = [(cue.start, cue.rank, cue.trigger) for cue in cues(text) if cue.trigger not in ("ignore", "exclusion")]
    return refined(min(found)[2], text) if found else None
