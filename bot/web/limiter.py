"""Rate limits in memory: so many in a time for each key, refilled steadily."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_KEYS = 50_000  # about 10 MB; beyond it the longest unused are forgotten


class Limiter:
    """A token bucket for each key."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic):
        self._most = most
        self._rate = most / seconds
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> int:
        """Seconds until this key may go on; 0 when it may now. Takes nothing."""
        left = self._left(key)
        return 0 if left >= 1 else math.ceil((1 - left) / self._rate)

    def take(self, key: str) -> int:
        """Takes one if there is one and returns 0; else the seconds to wait."""
        seconds = self.wait(key)
        if seconds == 0:
            self._buckets[key] = (self._left(key) - 1, self._clock())
            self._buckets.move_to_end(key)
            while len(self._buckets) > MOST_KEYS:
                self._buckets.popitem(last=False)
        return seconds

    def forget(self, key: str) -> None:
        """Gives a key everything back."""
        self._buckets.pop(key, None)

    def _left(self, key: str) -> float:
        left, since = self._buckets.get(key, (float(self._most), self._clock()))
        return min(self._most, left + (self._clock() - since) * self._rate)
