"""One turn of the conversation: what was heard and what is remembered give a reply and a new memory.

`take_turn` is the table of contents: urgent first, then what is going on (a form, a date that was asked for), then the intent.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from bot.blocks import Block, Reply, button, buttons, text
from bot.dialogue import deadline, follow_ups, talk
from bot.dialogue.answers import answered, beside, for_decision, office, reply
from bot.dialogue.decide import Move, asks, asks_what_to_do, decide, several_questions
from bot.dialogue.heard import Heard
from bot.dialogue.memory import Memory
from bot.knowledge.entries import Entry
from bot.knowledge.words import say
from bot.limits import CONVERSATION_DAYS, MAX_MESSAGE_CHARS
from bot.outcomes import Outcome

MISSES_BEFORE_A_PERSON = 2
GIBBERISH = "gibberish"
FOLLOW_UPS = {"shorter", "explain", "more", "repeat", "is_it_law", "are_you_sure", "still_no"}
BESIDE = {"chitchat", "out_of_scope", "my_data_access", "more", "go_back", "skip", "are_you_sure"}
SURE_BESIDE = 0.85
CAUTION_BESIDE = 0.4
FEW_WORDS = 8
CHOICES = {"first_option": 0, "second_option": 1, "third_option": 2}


@dataclass(frozen=True)
class Setting:
    """Where a turn happens: the day, the knowledge, the office's telephone and e-mail, how long talk is kept."""

    today: date
    known: dict[str, Entry]
    phone: str
    email: str
    kept_days: int = CONVERSATION_DAYS


Taken = tuple[Reply, Memory]


def take_turn(heard: Heard, memory: Memory, setting: Setting) -> Taken:
    """The reply to one message outside the forms, and the memory after it."""
    if heard.urgent:
        return talk.urgent(heard.urgent), memory
    if not heard.text.strip() and not heard.pressed:
        return reply(Outcome.ASKED_BACK, [text(say("dialogue", "empty"))], [], None), memory
    if _clock_waits_for_this(heard, memory, setting) or _plainly_for_the_clock(heard, setting):
        return clock(heard, memory, setting)
    handler = question if _leans_on_topic(heard, memory) else HANDLERS.get(heard.intent, question)
    found, after = _remembering_choices(*handler(heard, replace(memory), setting))
    return (talk.with_caution(found, str(heard.caution)) if _heeds_caution(heard) else found), after


def question(heard: Heard, memory: Memory, setting: Setting) -> Taken:
    """A question: the entries decide, by thresholds."""
    decision = decide(heard)
    passages = {} if asks_what_to_do(heard.text) else heard.passages  # then all steps are wanted, and nothing narrower
    found = for_decision(decision, setting.known, setting.today, passages)
    if found is None:
        return unknown(heard, memory, setting)
    for mark in found["entries"][: 1 if decision.move is Move.OFFER else None]:
        memory.tell(*mark.split("@"))
    if decision.move in (Move.BOTH, Move.OFFER):
        memory.topic = decision.entries[0]
    return _with_note_on_length(found, heard), memory


def unknown(heard: Heard, memory: Memory, setting: Setting) -> Taken:
    """Says that it does not know; titles that may be meant; after two misses a person."""
    memory.misses += 1
    if memory.misses >= MISSES_BEFORE_A_PERSON:
        words = say("dialogue", "unknown_again", phone=setting.phone, email=setting.email)
        return _unanswered([text(words), buttons([office()])]), memory
    close: list[Block] = [text(say("dialogue", "unknown_close")), buttons([office()])]
    return _unanswered([text(say("dialogue", "unknown")), *close]), memory


def _unanswered(blocks: list[Block]) -> Reply:
    """Marked as unanswered, so that the office can learn from it (bot/channels/lessons.py)."""
    return {**reply(Outcome.OUT_OF_SCOPE, blocks, [], None), "detail": {"unanswered": True}}


def follow_up(heard: Heard, memory: Memory, setting: Setting) -> Taken:
    """Something about the last answer. "What if they still say no" is a question where its topic is clear, else the next doors."""
    if heard.intent == "still_no" and not heard.pressed and _names_a_topic(heard, memory):
        return question(heard, memory, setting)
    found = follow_ups.follow_up(heard, memory, setting.known, setting.today)
    for mark in found["entries"][:1] if heard.intent != "still_no" else found["entries"]:
        memory.told = [*memory.told, mark] if mark not in memory.told else memory.told
    return found, memory


def _names_a_topic(heard: Heard, memory: Memory) -> bool:
    """Whether a follow-up leads to another entry than the one just given."""
    decision = decide(heard)
    return decision.move is Move.ANSWER and decision.entries[0] != memory.topic


def chosen(heard: Heard, memory: Memory, setting: Setting) -> Taken:
    """A choice among what was offered: by button, or by saying "the second one"."""
    entry_id = heard.payload.get("entry") or _offered_entry(CHOICES.get(heard.intent), memory)
    entry = setting.known.get(entry_id or "")
    if entry is None:
        return question(heard, memory, setting) if heard.entries else unknown(heard, memory, setting)
    memory.tell(entry.id, entry.version)
    return answered(entry, setting.today), memory


def none_fits(heard: Heard, memory: Memory, setting: Setting) -> Taken:
    """None of the titles was meant."""
    memory.misses += 1
    words = say("dialogue", "none_of_these", phone=setting.phone)
    return reply(Outcome.ASKED_BACK, [text(words), buttons([office()])], [], None), memory


def clock(heard: Heard, memory: Memory, setting: Setting) -> Taken:
    """The statutory clock: dates in, deadlines out."""
    state = deadline.ClockState.from_dict(memory.clock)
    if heard.intent == "timeline":
        found = deadline.show_timeline(state, setting.today)
    else:
        state, found = deadline.turn("" if heard.pressed else heard.text, state, setting.today, memory.topic)
    memory.clock = state.to_dict()
    memory.misses = 0
    return _with_another_matter(found, heard, setting), memory


def _with_another_matter(found: Reply, heard: Heard, setting: Setting) -> Reply:
    """The clock's reply, and in short the answer to a second question that is not about dates."""
    known = (setting.known[entry_id] for entry_id in several_questions(heard) if entry_id in setting.known)
    other = next((entry for entry in known if "deadline" not in entry.tools and not entry.held(setting.today)), None)
    return beside(found, other) if other else found


def out_of_scope(heard: Heard, memory: Memory, setting: Setting) -> Taken:
    """Not for this assistant. What cannot be made out at all counts as a failed try to help."""
    if heard.kind == GIBBERISH and memory.misses + 1 >= MISSES_BEFORE_A_PERSON:
        return unknown(heard, memory, setting)
    memory.misses += heard.kind == GIBBERISH
    return talk.out_of_scope(heard.kind), memory


def smalltalk(heard: Heard, memory: Memory, setting: Setting) -> Taken:
    """Greetings, thanks, "are you human"."""
    return talk.smalltalk(heard.kind), memory


def feedback(heard: Heard, memory: Memory, setting: Setting) -> Taken:
    """Was it useful? The last entry and its version go with it."""
    useful = heard.intent == "useful_yes"
    found = reply(Outcome.SMALLTALK, [text(say("dialogue", heard.intent))], [], None)
    if not useful:
        memory.awaiting = "handoff"
        found["blocks"].append(buttons([button(say("dialogue", "button_yes_office"), "/handoff")]))
    found["detail"] = {"useful": useful, "entry": memory.told[-1] if memory.told else None}
    return found, memory


def my_data(heard: Heard, memory: Memory, setting: Setting) -> Taken:
    """What is kept, and deleting it: asked first, then done by the office (`detail.erase`)."""
    if heard.intent == "my_data_access":
        words = say("dialogue", "my_data_access", days=setting.kept_days)
        return reply(Outcome.SMALLTALK, [text(words)], [], None), memory
    memory.awaiting = "erase"
    choices = [
        button(say("dialogue", "my_data_erase_confirm"), "/affirm"),
        button(say("dialogue", "my_data_keep"), "/deny"),
    ]
    return reply(Outcome.ASKED_BACK, [text(say("dialogue", "my_data_erase")), buttons(choices)], [], None), memory


def yes_or_no(heard: Heard, memory: Memory, setting: Setting) -> Taken:
    """A yes or no to what was last asked."""
    awaited, memory.awaiting = memory.awaiting, None
    yes = heard.intent == "affirm"
    if awaited == "erase":
        return _erased(yes), Memory() if yes else memory
    if yes and awaited is None and memory.offered:
        return chosen(replace(heard, intent="first_option", entries=()), memory, setting)
    key = "affirm_nothing" if yes else "deny_nothing"
    return reply(Outcome.SMALLTALK, [text(say("dialogue", key))], [], None), memory


def _erased(yes: bool) -> Reply:
    words = say("dialogue", "my_data_erased" if yes else "my_data_kept")
    found = reply(Outcome.SMALLTALK, [text(words)], [], None)
    return {**found, "detail": {"erase": True}} if yes else found


def stop(heard: Heard, memory: Memory, setting: Setting) -> Taken:
    """Nothing is going on that could be stopped; starting again forgets the topic."""
    if heard.intent == "start_again":
        return reply(Outcome.SMALLTALK, [text(say("dialogue", "restart"))], [], None), Memory()
    return reply(Outcome.SMALLTALK, [text(say("dialogue", "stop_nothing"))], [], None), replace(
        memory, clock={}, awaiting=None
    )


HANDLERS: dict[str, Callable[[Heard, Memory, Setting], Taken]] = {
    "ask": question,
    "choose": chosen,
    "first_option": chosen,
    "second_option": chosen,
    "third_option": chosen,
    "none_of_these": none_fits,
    "deadline": clock,
    "timeline": clock,
    "correction": clock,
    "out_of_scope": out_of_scope,
    "chitchat": smalltalk,
    "useful_yes": feedback,
    "useful_no": feedback,
    "my_data_erase": my_data,
    "my_data_access": my_data,
    "affirm": yes_or_no,
    "deny": yes_or_no,
    "stop": stop,
    "start_again": stop,
    "skip": stop,
    "go_back": stop,
    **dict.fromkeys(FOLLOW_UPS, follow_up),
}


def _clock_waits_for_this(heard: Heard, memory: Memory, setting: Setting) -> bool:
    """The clock asked for a date, or was given one that is now corrected."""
    if heard.pressed or not memory.clock or heard.intent in ("timeline", "stop", "start_again", "handoff", "letter"):
        return False
    return deadline.answers_clock(heard.text, deadline.ClockState.from_dict(memory.clock), setting.today)


def _heeds_caution(heard: Heard) -> bool:
    """Whether a signal that may be meant comes first; a message about something else altogether must be nearer to one."""
    beside = heard.intent in ("out_of_scope", "chitchat")
    return bool(heard.caution) and (not beside or heard.groups.get("urgent", 0.0) >= CAUTION_BESIDE)


def _leans_on_topic(heard: Heard, memory: Memory) -> bool:
    """A few words with the form of a question, said after an answer and only vaguely like something else: "who pays?"."""
    vague = heard.intent in BESIDE and heard.confidence < SURE_BESIDE and not heard.pressed
    return (
        bool(vague and memory.topic and heard.context)
        and len(heard.text.split()) <= FEW_WORDS
        and _has_question_word(heard.text)
    )


def _plainly_for_the_clock(heard: Heard, setting: Setting) -> bool:
    """An exact day of a legal step and a question of time, though its words sound like one of the answers."""
    return heard.intent == "ask" and not heard.pressed and deadline.plainly_asked(heard.text, setting.today)


def _has_question_word(text_: str) -> bool:
    return asks(text_) or any(asks(word) for word in text_.split()[1:3])


def _offered_entry(position: int | None, memory: Memory) -> str | None:
    offered = [payload.split('"')[3] for payload in memory.offered if payload.startswith('/choose{"entry"')]
    return offered[position] if position is not None and position < len(offered) else None


def _remembering_choices(found: Reply, memory: Memory) -> Taken:
    """What was offered now can be chosen by words next time."""
    memory.offered = [
        item["payload"] for block in found["blocks"] if block["type"] == "buttons" for item in block["items"]
    ]
    return found, memory


def _with_note_on_length(found: Reply, heard: Heard) -> Reply:
    if len(heard.text) < MAX_MESSAGE_CHARS:
        return found
    return {**found, "blocks": [text(say("dialogue", "too_long")), *found["blocks"]]}
