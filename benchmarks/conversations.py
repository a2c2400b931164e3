"""What the made families of the benchmarks type: an answer, a deadline, a letter, part of a form, a whole case.

Typed words only, the same for every way that is measured; names and numbers are made. `{n}` is the number of the
conversation, `{name}` a name made from it, so that no two are alike and a mix-up shows.
"""

import re
from dataclasses import dataclass
from itertools import cycle, islice


@dataclass(frozen=True)
class Talk:
    """One conversation; `case`: it ends with a case that is sent."""

    name: str
    said: tuple[str, ...]
    case: bool = False


ANSWERS = Talk(
    "answers",
    (
        "hi",
        "They refused to assess my son, conversation {n}. School says he is fine there but he melts down every night. What can I do?",
        "how much does an appeal cost",
        "is that the law",
        "do i have to go to mediation first",
        "shorter",
        "what does SENDIASS do",
        "thank you",
    ),
)
DEADLINE = Talk(
    "deadline",
    (
        "how long have i got to appeal",
        "the refusal letter is dated 2 November 2026",
        "show my timeline",
        "what if i miss that",
        "we asked for an assessment on 5 October 2026, when must they answer",
        "can the council take longer than 20 weeks",
        "thanks",
    ),
)
LETTER = Talk(
    "letter",
    (
        "write a letter to chase our overdue plan",
        "{name}",
        "first plan",
        "1 April 2026",
        "skip",
        "skip",
        "skip",
        "show the letter now",
    ),
)
FORM = Talk(
    "part of a form",
    (
        "can I speak to a person please",
        "yes",
        "Sam Test",
        "sam{n}@example.org",
        "SK3 8AB",
        "mother",
        "what is an EHC plan",
        "year 5",
        "stop",
    ),
)
CASE = Talk(
    "a whole case",
    (
        "can I speak to a person please",
        "yes",
        "{name}",
        "sam{n}@example.org",
        "SK3 8AB",
        "mother",
        "year 5",
        "Nobody answers my letters and the therapy in the plan has stopped. {name} is worn out.",
        "we have a final plan",
        "support in the plan is not given",
        "skip",
        "I have rung the council twice",
        "The therapy that the plan says",
        "skip",
        "Test Primary School",
        "skip",
        "skip",
        "skip",
        "send it",
    ),
    case=True,
)
MIXED = (ANSWERS, DEADLINE, LETTER, ANSWERS, FORM)


def talk_of(number: int, kinds: tuple[Talk, ...] = MIXED) -> Talk:
    """The conversation with this number."""
    kind = kinds[number % len(kinds)]
    return Talk(kind.name, tuple(_filled(line, number) for line in kind.said), kind.case)


def long_talk(turns: int) -> list[str]:
    """One conversation of so many turns, for what a turn costs late in it: questions and answers, again and again."""
    return list(islice(cycle(_filled(line, 0) for line in (*ANSWERS.said, *DEADLINE.said)), turns))


def name_of(number: int) -> str:
    """A name of letters alone that no other number has: `Test Qaba`."""
    syllables = [first + second for first in "bdfgklmnprst" for second in "aeiou"]
    found = ""
    while True:
        number, place = divmod(number, len(syllables))
        found += syllables[place]
        if not number:
            return f"Test Q{found}"


def names_in(text: str) -> set[str]:
    """The made names that a text holds."""
    return set(re.findall(r"Test Q[a-z]+", text))


def _filled(line: str, number: int) -> str:
    return line.replace("{n}", str(number)).replace("{name}", name_of(number))
