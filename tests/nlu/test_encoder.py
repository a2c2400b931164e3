"""The sentence encoder: eight bits mean what the whole precision means, whoever is encoded beside it."""

import numpy as np
import pytest

from bot.nlu.encoder import DIMENSIONS, MANY, SentenceEncoder, load_encoder, model_folder

SENTENCES = [
    "They refused to assess my son. Can I appeal?",
    "how long have i got to appeal",
    "yes",
    "the therapy in the plan has stopped and nobody answers my letters " * 30,
    "Is the school bus free for a child with a plan?",
]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    found = load_encoder()
    assert found is not None
    return found


def test_each_sentence_is_one_unit_vector(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(SENTENCES)
    assert vectors.shape == (len(SENTENCES), DIMENSIONS) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_sentence_has_the_same_vector_alone_and_beside_others(encoder: SentenceEncoder) -> None:
    together = encoder.encode(SENTENCES)
    alone = np.vstack([encoder.encode([sentence]) for sentence in SENTENCES])
    assert np.array_equal(together, alone)
    many = encoder.encode(SENTENCES * MANY)  # shared out between the processors
    assert np.array_equal(many, np.vstack([together] * MANY))


def test_eight_bits_stay_near_to_single_precision(encoder: SentenceEncoder) -> None:
    folder = model_folder()
    assert folder is not None
    exact = SentenceEncoder(folder, exact=True).encode(SENTENCES)
    near = (exact * encoder.encode(SENTENCES)).sum(axis=1)
    assert near.mean() > 0.99 and near.min() > 0.97  # a word alone is the furthest


def test_what_means_the_same_is_nearer_than_what_does_not(encoder: SentenceEncoder) -> None:
    appeal, same, other = encoder.encode(
        ["how long have i got to appeal", "what is the time limit for an appeal", "who pays for the school bus"]
    )
    assert appeal @ same > appeal @ other + 0.3
