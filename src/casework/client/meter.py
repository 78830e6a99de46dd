"""How fast a server answered."""

from array import array
from math import ceil
from time import perf_counter
from types import TracebackType
from typing import Self

import msgspec


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Of all requests, in milliseconds, retries and their pauses included."""

    p50: float
    p95: float
    p99: float


class Meter:
    """Counts requests and what each took; eight bytes a request."""

    def __init__(self) -> None:
        self._took = array("d")
        self._began = perf_counter()

    @property
    def requests(self) -> int:
        """How many requests were answered."""
        return len(self._took)

    @property
    def seconds(self) -> float:
        """The time since the meter was made."""
        return perf_counter() - self._began

    def measured(self) -> "Measured":
        """Measures the request that is made while the block lasts."""
        return Measured(self._took)

    def latency(self) -> Latency:
        """The percentiles so far."""
        took = sorted(self._took) or [0.0]
        p50, p95, p99 = (round(took[ceil(share * len(took)) - 1] * 1000, 3) for share in (0.5, 0.95, 0.99))
        return Latency(p50=p50, p95=p95, p99=p99)


class Measured:
    """One request; counted where it was answered."""

    def __init__(self, took: "array[float]") -> None:
        self._took = took

    def __enter__(self) -> Self:
        self._began = perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._took.append(perf_counter() - self._began)
