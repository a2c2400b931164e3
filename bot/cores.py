"""Which processor cores each of the three processes may use where they share one machine (docs/performance.md).

The engine does most of a turn, in one thread after the other. On a core of its own it keeps its caches, and office and actions
never push it aside: an eighth more turns a second on two cores. Pure but for `give`.
"""

import os

ENGINE = "engine"


def shares(names: tuple[str, ...], cores: frozenset[int]) -> dict[str, frozenset[int]]:
    """The cores of each process: the engine has one for itself, all others the rest; with one core there is nothing to share out.

    Args:
        names: the processes that are started together.
        cores: the numbers of the cores that may be used.
    """
    if len(cores) < 2 or ENGINE not in names:
        return dict.fromkeys(names, cores)
    own = frozenset({max(cores)})
    return {name: own if name == ENGINE else cores - own for name in names}


def usable() -> frozenset[int]:
    """The cores that this process may use; none where the system does not tell, as on macOS."""
    return frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset()


def give(pid: int, cores: frozenset[int]) -> None:
    """Keeps a process that has just been started, and what it starts, on these cores; a system that cannot goes without."""
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(pid, cores)
