"""What the process counts of its requests, and what there is to do for workers, for Prometheus."""

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from casework.operations.health import Depth

MEDIA_TYPE: Final = "text/plain; version=0.0.4"
"""The text format, to which the framework adds the charset."""

UNMATCHED: Final = "(none)"
"""The route of what has none: labels are never made of what a client may invent."""

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Requests and how long they took, by route."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "casework_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "casework_http_request_seconds",
            "How long requests took, until the last byte was handed over.",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=self.registry,
        )

        self._waiting = _gauge("queued", "Calls to workers that none has taken yet.", self.registry)
        self._limited = _gauge("limited", "Of them, calls that none may take now because of a limit.", self.registry)
        self._running = _gauge("running", "Calls that a worker has in hand.", self.registry)
        self._oldest = _gauge("oldest_seconds", "How long the oldest call that none has taken waits.", self.registry)

    def show_depths(self, depths: Iterable[Depth]) -> None:
        """Put what there is to do for workers in the place of what there was."""
        for gauge in (self._waiting, self._limited, self._running, self._oldest):
            gauge.clear()
        for depth in depths:
            self._waiting.labels(depth.kind).set(depth.queued)
            self._limited.labels(depth.kind).set(depth.limited)
            self._running.labels(depth.kind).set(depth.running)
            self._oldest.labels(depth.kind).set(depth.oldest_seconds)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        method = method if method in _METHODS else "OTHER"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """Everything that is counted, as Prometheus reads it."""
        return generate_latest(self.registry)


def _gauge(name: str, words: str, registry: CollectorRegistry) -> Gauge:
    return Gauge(f"casework_jobs_{name}", words, ("kind",), registry=registry)
