"""Is a message a question for the clock? A story that only mentions a date belongs to the knowledge answers."""

import re
from datetime import date

from bot.dialogue.deadline_papers import is_other_paper
from bot.dialogue.deadline_reading import read
from bot.dialogue.deadline_state import ClockState
from bot.dialogue.deadline_told import Told
from bot.dialogue.deadline_transfer import phase_transfer
from bot.law.spoken import find_dates

SHORT = 10  # words: such a message with an exact date and an event is about that date
SHORT_ROUGH = 8  # the same for a rough date
SHORT_WAITING = 13  # and for a rough date with words of waiting
MIDDLING = 30  # beyond this it is a story
MOST_WAITING = 20
LEAST_WEEKS = 5

# Plainly asks for a date or whether a date has passed.
_ASKS_DATE = re.compile(
    r"\bby\s+(?:when|what)|\bby\s+wh?en\b|(?:when|wen)\s+(?:must|do|does|is|are|will|would|should|can|"
    r"exactly|have|has|did|am|was|to|for|it)\b|"
    r"\bwhat\s+(?:date|day|week)|\bwhich\s+(?:date|day)|what(?:['’]?s|\s+is|s)?\s+(?:the|my|"
    r"our)\s+(?:last|deadline|latest|cut|final\s+date|due|date)|\bdeadline\b|"
    r"\bwhat(?:['’]?s|\s+is|s)?\s+(?:the|my|our|their|an?)\s+(?:\w+\s+){0,2}(?:deadline|date|day)\b|"
    r"(?<!birth )(?<!start )(?<!hearing )(?<!meeting )\bdate\s+(?:for|when|that|the|they|it|i|we|pls|plz|please)\b|"
    r"\b(?:want|need|give\s+me|got)\s+(?:the|a|my|an)\s+(?:exact\s+|actual\s+|last\s+)?date\b|"
    r"\b(?:un)?till?\s+when\b|\bstill\s+(?:got\s+|have\s+)(?:any\s+|some\s+)?time\b|"
    r"\b(?:is|are)\s+(?:up|over|due)\s+when\b|"
    r"\bis\s+(?:my|our|the|it)\s+(?:\w+\s+){0,2}due\b|"
    r"\blast\s+(?:\w+\s+)?(?:day|date)\b|\blatest\s+(?:day|date|i|we)|\bcut\s*-?off|\bhow\s+(?:long|many\s+(?:days|"
    r"weeks|months)|late|overdue|much\s+time)\b|"
    r"\b(?:is|are|am|was)\s+(?:\w+\s+){0,3}(?:late|overdue|too\s+late|in\s+time|out\s+of\s+time)\b|"
    r"\btoo\s+late\b|\bin\s+time\b|\bout\s+of\s+time\b|"
    r"\bwork\s+(?:it\s+|this\s+|that\s+)?out|\bcalculate|\bcount(?:ed|ing)?\b|time\s+run|run\s+out|"
    r"\bexpire|\bis\s+week\s*[0-9]+|\bweek\s*[0-9]+\s+(?:is|be|fall)|"
    r"\btimeline\b|\bdates\s+for\b|what\s+are\s+the\s+dates|\bdate\s+to\s+appeal|\bmy\s+dates\b|\ball\s+the\s+dates|\bwhen[’']?s\b|\bwhens\b|\bwhen\s*\?|\bwen\s*\?|"
    r"should\s+(?:i|we)\s+have\s+(?:had|got|heard)|should\s+have\s+happened|still\s+(?:have\s+)?time|"
    r"\boverdue\b|\bdue\s*(?:\?|date|when|by\s+when)|what(?:['’]?s|\s+is)\s+due",
    re.IGNORECASE,
)
# Asks whether something can still be done: the clock's business only in a short message with a date.
_ASKS_STILL = re.compile(
    r"\b(?:can|could|may)\s+(?:i|we)\s+(?:still\s+)?appeal|\bstill\s+appeal|\bneed\s+to\s+appeal|"
    r"\bhave\s+i\s+missed|\bdid\s+i\s+miss|\bappeal\s+(?:today|now)|\bwant\s+to\s+appeal",
    re.IGNORECASE,
)
# Asks for something else; a date in such a message is part of the story.
_ASKS_ELSE = re.compile(
    r"\b(?:how|who|why|where)\s+(?:do|can|to|should|would|is|are|will|did|does)\b(?!\s+(?:long|many))|"
    r"\bis\s+(?:that|this|it)\s+(?:true|right|legal|lawful|allowed|normal|ok)|\btrue\s+or\s+false|"
    r"\bare\s+they\s+allowed|"
    r"\bcan\s+(?:they|the\s+(?:council|la|school))\b|\bwhat\s+(?:can|should|do|else|"
    r"now)\b.{0,20}\b(?:i|we)\b|\bwhat\s+(?:form|letter|evidence|happens|is\s+the\s+next\s+step)|"
    r"\bwhat\s+next\b|\bhelp\s+me\s+write|template|complain\s+about|make\s+a\s+complaint|(?:should|"
    r"can)\s+i\s+complain|compensation",
    re.IGNORECASE,
)
_WAITING = re.compile(
    r"\bnothing\b|\bno\s+(?:plan|draft|decision|reply|answer|response|news|sign|final|ehcp|letter|"
    r"word|update|report|amended|paperwork)|\bnot\s+(?:heard|had|got|received)|n['’]?t\s+(?:heard|had|"
    r"got|received|have|even)|"
    r"still\s+(?:no|waiting|nothing|not|dont|don|haven)|\bwaiting\b|\bsilence\b|\bpeep\b|\bcounting\b|"
    r"should\s+have\s+happened|\bnowt\b|how\s+late|overdue",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"\bplan\b|ehcp?|echp|assess|draft|request|review|council|\bla\b|decision|final|appl|reassess|"
    r"certificate|tribunal|appeal|mediation|letter|nothing|waiting|answer|reply|response",
    re.IGNORECASE,
)
# Words that may stand beside a bare date: "no, sorry, it was the 4th".
_FILLERS = frozenset(
    "no nope yes yeah sorry actually oh oops its it's it is was were the on a i mean meant think not about around dated date of in at and "
    "that's thats says say said wait correction my mistake wrong rather instead ok okay hi so".split()
)
_VAGUE = re.compile(
    r"since|summer|spring|autumn|christmas|xmas|easter|half[\s-]+term|\byear\b|the\s+other\s+day|few|"
    r"^(?:today|tomorrow|yesterday|tonight|last\s+night|this\s+\w+)$",
    re.IGNORECASE,
)
_WAS = re.compile(r"\b(?:was|were|had|held|met|happened|took|last|ago|since|done|did)\b", re.IGNORECASE)
_NOT_BY_STATEMENT = frozenset(
    {"appeal_served", "hearing", "discrimination_act", "moved", "plan_made", "consultation_received", "advice_asked"}
)
_NOT_A_REQUEST = re.compile(
    r"amended|tribunal|\border\b|certificate|mediation|re-?assess|review|hearing|appeal", re.IGNORECASE
)
# Other letters and other deadlines, which this clock does not know.
_OTHER_MATTERS = re.compile(
    r"\bdla\b|\bpip\b|benefit|carers?\b|blue\s+badge|\bfine[sd]?\b|penalty|transport|taxi|bus\s+pass|"
    r"respite|waiting\s+list|short\s+break|council\s+tax|"
    r"admission|application\s+form|universal\s+credit|uc\b|governors?|panel\s+review|\bcourt\b|"
    r"subject\s+access|\bsar\b|records",
    re.IGNORECASE,
)
_OTHER_WAITS = re.compile(
    r"camhs|\bot\b|salt|speech|therap|diagnos|autism\s+assess|adhd|psychologist|\bep\b|transport|taxi|"
    r"hospital|school\s+place|out\s+of\s+school|not\s+in\s+school|suspen|exclu|hearing\s+date|"
    r"equipment|1:1|\bta\b|provision|payments?\b|budget|records|complain|tablets|police|social\s+work",
    re.IGNORECASE,
)


_IF = re.compile(r"\b(?:if|suppose|assum\w+|imagine)\b", re.IGNORECASE)
# Asks which date the time runs from, or whether one changes it: an answer explains that.
_WHICH_COUNTS = re.compile(
    r"\bwhich\b|\bcounts?\b|\bcount\s+from|\bdoes\s+(?:it|that|the\s+\w+)\s+(?:count|matter|change|start)|\bwhy\b|\btrue\b|\bright\b",
    re.IGNORECASE,
)


def concerns_dates(text: str, today: date) -> bool:
    """Whether the clock should answer: a date, or weeks that have passed, with a legal step and a question of time."""
    told = read(text, ClockState(), today)
    if phase_transfer(text, today):
        return _asks_for_a_date(text)
    if told.span:
        return _weeks_ask(text, told)
    if told.loose and is_other_paper(text):
        return _asks_for_a_date(text)
    mentioned = told.facts + told.doubtful + told.loose
    if not mentioned or not find_dates(text, today):
        return False
    return _dates_ask(text, told) or _says_a_date(text, told)


def plainly_asked(text: str, today: date) -> bool:
    """Whether a message gives the exact day of a legal step and asks what follows, or says no more than that day.

    Such a message is the clock's, however much its other words sound like one of the answers ("got the mediation
    certificate on the 11th"). Which of two dates counts is a question for the answers.
    """
    if _WHICH_COUNTS.search(text) or _IF.search(text) or len(text.split()) > MIDDLING:
        return False
    told = read(text, ClockState(), today)
    exact = [fact for fact in told.facts if fact.trigger and fact.day and not (fact.about or fact.doubt)]
    if not exact or len(exact) < len(told.facts):
        return False
    one_day_each = len({fact.name for fact in exact}) == len(
        exact + told.doubtful + told.loose
    )  # "dated Friday, sent on Thursday" asks which counts
    return _dates_ask(text, told) or (one_day_each and _says_a_date(text, told))


def _dates_ask(text: str, told: Told) -> bool:
    """A date with its event, and a question of time; in a long story the date must be exact."""
    linked = [fact for fact in told.facts + told.doubtful if fact.trigger]
    exact = any(not fact.about for fact in linked)
    count = len(text.split())
    if not linked or (count > MIDDLING and not exact) or _OTHER_MATTERS.search(text):
        return False
    if _ASKS_STILL.search(text) and count <= MIDDLING and not all(_is_vague(fact.said) for fact in linked):
        return True
    return _asks_for_a_date(text)


def _asks_for_a_date(text: str) -> bool:
    """Where a date and something else are asked, the last question says what is wanted."""
    asked = [found.start() for found in _ASKS_DATE.finditer(text)]
    others = [found.start() for found in _ASKS_ELSE.finditer(text)]
    return bool(asked) and max(asked) > max(others, default=-1)


def _says_a_date(text: str, told: Told) -> bool:
    """A short statement such as "review meeting was end of June", "3/3/26" or "no, the 4th"."""
    if "?" in text or any(words.search(text) for words in (_ASKS_ELSE, _OTHER_WAITS, _OTHER_MATTERS)):
        return False
    if _nothing_but_a_date(text, told):
        return True
    linked = [fact for fact in told.facts + told.doubtful if fact.trigger and fact.name not in _NOT_BY_STATEMENT]
    if any(fact.name == "review_meeting" for fact in linked) and not _WAS.search(text):
        return False  # a review that is still to come is something to prepare for
    if not linked or any(_is_vague(fact.said) for fact in linked):
        return False
    count = len(text.split())
    if any(fact.about for fact in linked):
        return count <= SHORT_ROUGH or (count <= SHORT_WAITING and bool(_WAITING.search(text)))
    return count <= SHORT


def _is_vague(said: str) -> bool:
    return bool(_VAGUE.search(said.strip()))


def _nothing_but_a_date(text: str, told: Told) -> bool:
    for fact in told.facts + told.doubtful + told.loose:
        if _is_vague(fact.said):
            return False
        text = text.replace(fact.said, " ")
    return all(word in _FILLERS for word in re.findall(r"[a-z']+", text.lower().replace("’", "'")))


def _weeks_ask(text: str, told: Told) -> bool:
    span = told.span
    if span is None or len(text.split()) > MIDDLING or not _LEGAL.search(text):
        return False
    if _OTHER_WAITS.search(text) or _OTHER_MATTERS.search(text):
        return False
    if told.guessed and _NOT_A_REQUEST.search(text):
        return False
    if (span.weeks or 0) + (span.months or 0) * 4 < LEAST_WEEKS:
        return False
    if _ASKS_DATE.search(text) or re.search(r"what\s+should\s+have\s+happened", text, re.IGNORECASE):
        return _asks_for_a_date(text) or not _ASKS_ELSE.search(text)
    return len(text.split()) <= MOST_WAITING and bool(_WAITING.search(text)) and not _ASKS_ELSE.search(text)
