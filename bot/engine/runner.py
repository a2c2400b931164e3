"""Runs Rasa's graph of components one after the other, in an order that is found once.

Rasa hands the graph to a scheduler for parallel work three times in a turn; it plans anew each time and then runs one
component after the other in the same thread. This does the same without the planning.
"""

from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner


class StraightRunner(DaskGraphRunner):
    """Rasa's runner with its loaded components; only the running differs."""

    _orders: dict[tuple[str, ...], list[str]]

    @classmethod
    def instead_of(cls, runner: GraphRunner) -> GraphRunner:
        """A runner over the components that another one has loaded; any other kind of runner stays as it is."""
        if type(runner) is not DaskGraphRunner:
            return runner
        made = cls.__new__(cls)
        made.__dict__.update(runner.__dict__)
        made._orders = {}
        return made

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The outputs of the targets, as Rasa's own runner gives them.

        Raises:
            GraphRunError: when a component fails with a RuntimeError, or an output has no component.
        """
        wanted = tuple(targets or self._graph_schema.target_names)
        outputs: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        if wanted not in self._orders:
            self._orders[wanted] = self._order(wanted)
        try:
            for name in self._orders[wanted]:
                if name not in outputs:
                    needs = self._graph_schema.nodes[name].needs.values()
                    outputs[name] = self._instantiated_nodes[name](*(outputs.get(need, need) for need in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return {name: outputs[name][1] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> list[str]:
        """The components that the targets need, each behind what it needs itself."""
        order: list[str] = []

        def visit(name: str) -> None:
            node = self._graph_schema.nodes.get(name)
            if node is None or name in order:  # an input of the run, or there already
                return
            for need in node.needs.values():
                visit(need)
            order.append(name)

        for target in targets:
            visit(target)
        return order
