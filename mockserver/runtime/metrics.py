"""Figures about a running mock in Prometheus' text format; what they are told apart by has a bound."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from threading import Lock
from typing import TypeAlias

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds."""
OTHER = "other"
"""What stands for an operation, a method or a tenant that no document and no list tells."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
Labels: TypeAlias = Mapping[str, str]
Sample: TypeAlias = tuple[str, Labels, float]


class Metrics:
    """Counts exchanges from the start of the process on; no reset of the world sets them back."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._buckets = [0] * (len(BUCKETS) + 1)
        self._seconds = 0.0
        self._breaches = 0

    def count(self, operation: str | None, method: str, status: int, seconds: float, *, breach: bool) -> None:
        """One exchange; ``operation`` is one of the document's."""
        key = (operation or OTHER, method if method in METHODS else OTHER, status)
        with self._lock:
            self._requests[key] += 1
            self._buckets[bisect_left(BUCKETS, seconds)] += 1
            self._seconds += seconds
            self._breaches += breach

    def text(self, gauges: Iterable[tuple[str, str, float]]) -> str:
        """All figures; each of ``gauges`` is a name, what it tells, and its value."""
        with self._lock:
            requests, buckets = dict(self._requests), list(self._buckets)
            seconds, breaches = self._seconds, self._breaches
        families = [
            ("mock_requests", "counter", "Requests answered.", _requests(requests)),
            ("mock_request_seconds", "histogram", "Seconds that an answer took.", _histogram(buckets, seconds)),
            ("mock_breaches", "counter", "Replies that broke the contract.", [("mock_breaches_total", {}, breaches)]),
            *((name, "gauge", help_text, [(name, {}, value)]) for name, help_text, value in gauges),
        ]
        return "".join(line for family in families for line in _family(*family))


def _requests(counted: Mapping[tuple[str, str, int], int]) -> Iterator[Sample]:
    for (operation, method, status), count in sorted(counted.items()):
        yield "mock_requests_total", {"operation": operation, "method": method, "status": str(status)}, count


def _histogram(buckets: list[int], seconds: float) -> Iterator[Sample]:
    count = 0
    for bound, number in zip((*BUCKETS, "+Inf"), buckets, strict=True):
        count += number
        yield "mock_request_seconds_bucket", {"le": str(bound)}, count
    yield "mock_request_seconds_sum", {}, seconds
    yield "mock_request_seconds_count", {}, count


def _family(name: str, kind: str, help_text: str, samples: Iterable[Sample]) -> Iterator[str]:
    total = f"{name}_total" if kind == "counter" else name
    yield f"# HELP {total} {help_text}\n# TYPE {total} {kind}\n"
    for sample, labels, value in samples:
        told_apart = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{sample}{{{told_apart}}} {value:.17g}\n" if labels else f"{sample} {value:.17g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
