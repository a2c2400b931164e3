"""The engine has a core of its own where there are two or more; processes that are started stay on theirs."""

import os
import subprocess
import sys

import pytest

from bot.cores import give, shares, usable
from bot.supervisor import NAMES


def test_the_engine_has_a_core_for_itself_and_the_others_share_the_rest() -> None:
    four = shares(NAMES, frozenset({0, 1, 4, 5}))
    assert four == {"engine": {5}, "actions": {0, 1, 4}, "office": {0, 1, 4}}
    assert shares(NAMES, frozenset({2, 3})) == {"engine": {3}, "actions": {2}, "office": {2}}


def test_one_core_or_an_unknown_number_or_no_engine_is_not_shared_out() -> None:
    for cores in (frozenset({0}), frozenset[int]()):
        assert set(shares(NAMES, cores).values()) == {cores}
    assert shares(("actions", "office"), frozenset({0, 1})) == {"actions": {0, 1}, "office": {0, 1}}


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system does not tell")
def test_a_process_stays_on_the_cores_that_it_was_given() -> None:
    one = frozenset({max(usable())})
    told = "import os, sys; sys.stdin.read(); print(sorted(os.sched_getaffinity(0)))"
    with subprocess.Popen([sys.executable, "-c", told], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        give(process.pid, one)
        give(process.pid, frozenset())  # nothing is known, nothing is changed
        assert process.communicate(b"")[0].decode().strip() == str(sorted(one))
