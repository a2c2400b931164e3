"""What is handed to the dialogue: shares of groups, the likeliest labels, and whether a message leans on the one before."""

import numpy as np

from bot.nlu.understanding import Labels, stands_alone, understanding_of

LABELS = Labels(("ask/fees", "ask/mediation", "chitchat/thanks", "still_no", "urgent/danger", "urgent/police"))


def row(*probabilities: float) -> np.ndarray:
    return np.array(probabilities, dtype=np.float32)


def test_shares_of_a_group_add_up_and_entries_are_given_as_if_it_were_a_question() -> None:
    found = understanding_of(LABELS, row(0.3, 0.5, 0.1, 0.0, 0.04, 0.06)[None, :], "who pays", [])
    assert found["intents"][0]["name"] == "ask" and round(found["intents"][0]["confidence"], 3) == 0.8
    assert found["label"] == "ask/mediation" and found["signal"] == "police"
    assert found["entries"] == [["mediation", 0.625], ["fees", 0.375]]
    assert found["groups"] == {"ask": 0.8, "urgent": 0.1, "chitchat": 0.1} and found["context"] == []


def test_parts_and_context_have_rows_of_their_own() -> None:
    rows = np.vstack(
        [row(0.9, 0.1, 0, 0, 0, 0), row(0.8, 0.2, 0, 0, 0, 0), row(0, 0, 1, 0, 0, 0), row(0, 1, 0, 0, 0, 0)]
    )
    found = understanding_of(LABELS, rows, "who pays and thanks", ["who pays", "thanks"])
    assert [part["label"] for part in found["parts"]] == ["ask/fees", "chitchat/thanks"]
    assert found["parts"][1]["ask"] == 0 and found["context"][0] == ["mediation", 1.0]


def test_plain_thanks_stand_alone_and_a_doubtful_word_never_does() -> None:
    assert stands_alone(LABELS, row(0, 0, 1, 0, 0, 0), "thank you")
    assert not stands_alone(LABELS, row(0.2, 0, 0.8, 0, 0, 0), "thank you")
    assert not stands_alone(LABELS, row(0, 0, 0, 1, 0, 0), "no that did not help")


def test_a_question_stands_alone_where_it_is_plain_and_leans_on_nothing() -> None:
    plain = row(0.95, 0.05, 0, 0, 0, 0)
    assert stands_alone(LABELS, plain, "how much does an appeal cost us")
    assert not stands_alone(LABELS, plain, "and how much does an appeal cost us")
    assert not stands_alone(LABELS, plain, "how much does that cost us in all")
    assert not stands_alone(LABELS, row(0.55, 0.45, 0, 0, 0, 0), "how much does an appeal cost us")
    assert not stands_alone(LABELS, row(0.8, 0.2, 0, 0, 0, 0), "who decides")  # clear, but in few words


def test_labels_without_urgent_ones_have_no_signal() -> None:
    assert understanding_of(Labels(("ask/fees",)), row(1.0)[None, :], "who pays", [])["signal"] is None
