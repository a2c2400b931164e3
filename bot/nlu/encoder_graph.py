"""The sentence model as an ONNX graph for one sentence, its matrices in eight bits (ADR 11).

BERT as in Devlin et al. 2019: layer norm behind each sublayer, learned positions, GELU. The operators of `com.microsoft` are
onnxruntime's own (github.com/microsoft/onnxruntime, docs/ContribOperators.md): each does in one step what takes several of ONNX's.
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

TOKENS, VECTOR = "tokens", "vector"
MIDDLES = "middles"  # the middle of a byte, once for each token
# Weights from -63 to 63: on processors without VNNI two products of eight bits are added in sixteen, and must fit in them.
MOST = 63
# Kept in single precision: in what goes into it a few numbers are far larger than the rest, which eight bits would round away.
KEPT = "encoder.layer.0.output.dense"
_MIDDLE = 128  # of a byte: what is given is counted from here, up and down
_ONNX, _MICROSOFT = "", "com.microsoft"
_OPERATORS = [helper.make_opsetid(_ONNX, 18), helper.make_opsetid(_MICROSOFT, 1)]
_IR_VERSION = 8  # of the file format that goes with these operators

Array = NDArray[np.float32]


def graph_of(folder: Path, exact: bool = False) -> bytes:
    """The model that `folder` holds (config.json, model.safetensors), as onnxruntime loads it.

    Its input is TOKENS, shape (1, tokens); its output VECTOR, shape (1, dimensions), the mean over all tokens.

    Args:
        exact: in single precision, to compare with.
    """
    shape = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    draft = _Draft(load_file(folder / "model.safetensors"), shape["layer_norm_eps"], exact)
    found = draft.embeddings()
    for number in range(shape["num_hidden_layers"]):
        found = draft.layer(f"encoder.layer.{number}", found, shape["num_attention_heads"])
    draft.mean(found)
    return draft.model(shape["hidden_size"])


class _Draft:
    """A graph in the making: each method adds the steps of one part and hands back the name of what it gives."""

    def __init__(self, weights: dict[str, Array], epsilon: float, exact: bool):
        self._weights, self._epsilon, self._exact = weights, epsilon, exact
        self._steps: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def embeddings(self) -> str:
        """Words, positions and the one kind of text, added and normed."""
        weights = self._weights
        places = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        words = self._step("Gather", [self._weight("embeddings.word_embeddings.weight"), TOKENS], "words")
        size = self._step("Shape", [TOKENS], "size")
        length = self._step("Slice", [size, self._constant("one", [1]), self._constant("two", [2])], "length")
        self._step("Expand", [self._constant("middle", np.array([_MIDDLE], np.uint8)), length], MIDDLES)
        begun = self._step("Slice", [self._constant("places", places), self._constant("zero", [0]), length], "placed")
        both = self._step("Add", [words, begun], "embedded")
        return self._step(
            "LayerNormalization", [both, *self._norm("embeddings.LayerNorm")], "normed", epsilon=self._epsilon
        )

    def layer(self, name: str, given: str, heads: int) -> str:
        """Attention, then the feed-forward part, each added to what came in and normed."""
        own = f"{name}.attention.self"
        kinds = [f"{own}.{kind}" for kind in ("query", "key", "value")]
        joined = self._product(
            own, np.concatenate([self._weights[f"{kind}.weight"].T for kind in kinds], axis=1), given
        )
        self._steps.append(helper.make_node("Split", [joined], kinds, axis=2, num_outputs=3))
        bias = self._constant(f"{own}.bias", np.concatenate([self._weights[f"{kind}.bias"] for kind in kinds]))
        heard = self._step("MultiHeadAttention", [*kinds, bias], f"{own}.heard", _MICROSOFT, num_heads=heads)
        attended = self._added(f"{name}.attention.output", heard, given)
        wide = self._dense(f"{name}.intermediate.dense", attended)
        bias = self._weight(f"{name}.intermediate.dense.bias")
        return self._added(f"{name}.output", self._step("BiasGelu", [wide, bias], f"{name}.gelu", _MICROSOFT), attended)

    def mean(self, given: str) -> None:
        """The mean over the tokens: one sentence at a time, so that there is no padding to leave out."""
        self._step("ReduceMean", [given, self._constant("tokens.axis", [1])], VECTOR, keepdims=0)

    def model(self, dimensions: int) -> bytes:
        """The whole graph, as a file would hold it."""
        given = helper.make_tensor_value_info(TOKENS, TensorProto.INT64, [1, "length"])
        made = helper.make_tensor_value_info(VECTOR, TensorProto.FLOAT, [1, dimensions])
        graph = helper.make_graph(self._steps, "sentence", [given], [made], self._constants)
        return bytes(helper.make_model(graph, opset_imports=_OPERATORS, ir_version=_IR_VERSION).SerializeToString())

    def _added(self, name: str, inner: str, given: str) -> str:
        """A dense layer over `inner`, added to `given` and normed."""
        parts = [
            self._dense(f"{name}.dense", inner),
            given,
            *self._norm(f"{name}.LayerNorm"),
            self._weight(f"{name}.dense.bias"),
        ]
        return self._step("SkipLayerNormalization", parts, name, _MICROSOFT, epsilon=self._epsilon)

    def _dense(self, name: str, given: str) -> str:
        """A dense layer without its bias, which the step behind it adds."""
        return self._product(name, self._weights[f"{name}.weight"].T, given)

    def _product(self, name: str, matrix: Array, given: str) -> str:
        """given @ matrix in eight bits: each column of the matrix has a scale of its own, and so has each token of what is given."""
        if self._exact or name == KEPT:
            return self._step("MatMul", [given, self._constant(f"{name}.matrix", matrix)], name)
        columns = np.abs(matrix).max(axis=0) / MOST
        narrow = self._constant(f"{name}.matrix", np.round(matrix / columns).astype(np.int8))
        tokens = self._scales(name, given)
        each = self._step("Reshape", [tokens, self._constant(f"{name}.list", [-1])], f"{name}.each")
        byte = self._step("QuantizeLinear", [given, each, MIDDLES], f"{name}.byte", axis=1)
        scale, zero = self._constant(f"{name}.one", np.float32(1)), self._constant(f"{name}.zero", np.uint8(_MIDDLE))
        parts = [byte, narrow, scale, self._constant(f"{name}.columns", columns), zero]
        sized = self._step("MatMulIntegerToFloat", parts, f"{name}.sized", _MICROSOFT)
        return self._step("Mul", [sized, tokens], name)

    def _scales(self, name: str, given: str) -> str:
        """For each token the size of one step: its largest number is 127 steps."""
        size = self._step("Abs", [given], f"{name}.size")
        largest = self._step("ReduceMax", [size, self._constant(f"{name}.axis", [2])], f"{name}.largest", keepdims=1)
        return self._step(
            "Mul", [largest, self._constant(f"{name}.step", np.float32(1 / (_MIDDLE - 1)))], f"{name}.tokens"
        )

    def _norm(self, name: str) -> list[str]:
        return [self._weight(f"{name}.weight"), self._weight(f"{name}.bias")]

    def _weight(self, name: str) -> str:
        return self._constant(name, self._weights[name])

    def _constant(self, name: str, value: NDArray[np.generic] | np.generic | list[int]) -> str:
        self._constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def _step(self, operator: str, given: list[str], name: str, domain: str = _ONNX, **settings: float) -> str:
        self._steps.append(helper.make_node(operator, given, [name], domain=domain, **settings))
        return name
