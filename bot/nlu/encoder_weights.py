"""The sentence model's weights in CTranslate2's form, in eight bits: a third of the time of single precision.

A sentence's vector keeps a cosine of 0.99 and more with the original's, a single word's 0.97 (tests/nlu/test_encoder.py). BERT as in
Devlin et al. 2019: layer norm behind each sublayer, learned positions, GELU.
"""

import json
from pathlib import Path

import numpy as np
from ctranslate2.specs.common_spec import Activation, EmbeddingsMerge
from ctranslate2.specs.transformer_spec import TransformerEncoderModelSpec, TransformerEncoderSpec
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

Weights = dict[str, NDArray[np.float32]]
PARTS_OF_A_HEAD = ("query", "key", "value")


def converted(folder: Path, place: Path, precision: str = "int8") -> None:
    """Writes the model that `folder` holds (config.json, tokenizer.json, model.safetensors) into the folder `place`.

    Args:
        precision: of the weights, as CTranslate2 names it (opennmt.net/CTranslate2/quantization.html).
    """
    shape = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    weights: Weights = load_file(folder / "model.safetensors")
    encoder = TransformerEncoderSpec(
        shape["num_hidden_layers"],
        shape["num_attention_heads"],
        pre_norm=False,
        activation=Activation.GELU,
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=EmbeddingsMerge.ADD,
    )
    _embeddings(encoder, weights)
    for number, layer in enumerate(encoder.layer):
        _layer(layer, weights, f"encoder.layer.{number}")
    model = TransformerEncoderModelSpec(encoder, pooling_layer=False)
    model.config.layer_norm_epsilon = shape["layer_norm_eps"]
    model.config.unk_token = "[UNK]"  # noqa: S105 (a word of the vocabulary)
    model.register_vocabulary(_vocabulary(folder))
    model.validate()
    model.optimize(quantization=precision)
    model.save(str(place))


def _embeddings(encoder: TransformerEncoderSpec, weights: Weights) -> None:
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = weights["embeddings.word_embeddings.weight"]
    encoder.embeddings[1].weight = weights["embeddings.token_type_embeddings.weight"]
    encoder.position_encodings.encodings = weights["embeddings.position_embeddings.weight"]
    _norm(encoder.layernorm_embedding, weights, "embeddings.LayerNorm")


def _layer(layer: object, weights: Weights, name: str) -> None:
    attention, feed_forward = layer.self_attention, layer.ffn  # type: ignore[attr-defined]
    parts = [f"{name}.attention.self.{part}" for part in PARTS_OF_A_HEAD]
    attention.linear[0].weight = np.concatenate([weights[f"{part}.weight"] for part in parts])
    attention.linear[0].bias = np.concatenate([weights[f"{part}.bias"] for part in parts])
    _linear(attention.linear[1], weights, f"{name}.attention.output.dense")
    _norm(attention.layer_norm, weights, f"{name}.attention.output.LayerNorm")
    _linear(feed_forward.linear_0, weights, f"{name}.intermediate.dense")
    _linear(feed_forward.linear_1, weights, f"{name}.output.dense")
    _norm(feed_forward.layer_norm, weights, f"{name}.output.LayerNorm")


def _linear(spec: object, weights: Weights, name: str) -> None:
    spec.weight, spec.bias = weights[f"{name}.weight"], weights[f"{name}.bias"]  # type: ignore[attr-defined]


def _norm(spec: object, weights: Weights, name: str) -> None:
    spec.gamma, spec.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]  # type: ignore[attr-defined]


def _vocabulary(folder: Path) -> list[str]:
    known = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()
    return sorted(known, key=known.__getitem__)
