"""What a ranking's probabilities lead to: one answer, one with the second in short, titles to choose from, or an honest "I do not know"."""

import pytest

from bot.dialogue.decide import Move, by_thresholds


@pytest.mark.parametrize(
    ("ranking", "move", "entries"),
    [
        ([("fees", 0.9), ("mediation", 0.05)], Move.ANSWER, ("fees",)),
        ([("fees", 0.4), ("mediation", 0.05)], Move.ANSWER, ("fees",)),  # far ahead
        ([("fees", 0.56), ("mediation", 0.29)], Move.ANSWER, ("fees",)),
        ([("fees", 0.56), ("mediation", 0.39)], Move.BOTH, ("fees", "mediation")),  # likely, and so is the second
        ([("fees", 0.4), ("mediation", 0.2)], Move.BOTH, ("fees", "mediation")),
        (
            [("fees", 0.2), ("mediation", 0.1), ("jargon", 0.1), ("delay", 0.1)],
            Move.OFFER,
            ("fees", "mediation", "jargon"),
        ),
        ([("fees", 0.05)], Move.UNKNOWN, ("fees",)),
        ([], Move.UNKNOWN, ()),
    ],
)
def test_each_ranking_leads_to_its_move(ranking: list[tuple[str, float]], move: Move, entries: tuple[str, ...]) -> None:
    found = by_thresholds(tuple(ranking))
    assert (found.move, found.entries) == (move, entries)
    assert found.confidence == (ranking[0][1] if ranking else 0.0)
