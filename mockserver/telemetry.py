"""Traces and metrics of what a mock answers, by OpenTelemetry; imported only when somebody asks for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from opentelemetry.context import Context
from opentelemetry.propagate import extract
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace import SpanKind, Status, StatusCode

from mockserver.errors import Problem, SetupError
from mockserver.messages import Reply, Request
from mockserver.world import World

EXPORTERS = ("otlp", "console", "none")
GRACE = 3.0
"""Seconds that the last figures get when the mock stops."""
SHOWN = 200
"""How many characters of a path are recorded."""
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Telemetry:
    """One span and one duration for each exchange, named as the semantic conventions of HTTP servers name them."""

    def __init__(self, traces: TracerProvider, metrics: MeterProvider) -> None:
        self._providers = (traces, metrics)
        self._tracer = traces.get_tracer("mockserver")
        meter = metrics.get_meter("mockserver")
        self._seconds = meter.create_histogram(
            "http.server.request.duration", "s", "Duration of HTTP server requests.",
            explicit_bucket_boundaries_advisory=BUCKETS,
        )  # fmt: skip
        self._breaches = meter.create_counter("mock.breaches", "{reply}", "Replies that broke the contract.")

    def observe(self, _: World, request: Request, answer: Callable[[], Reply]) -> Reply:
        """What ``answer`` returns. What it raises is not an exchange: it is asked for again."""
        began, start = time.perf_counter(), time.time_ns()
        reply = answer()
        self._note(request, reply, start, time.perf_counter() - began)
        return reply

    def close(self) -> None:
        """Send what waits, in GRACE seconds at most, whoever does not answer."""
        closing = [threading.Thread(target=one.shutdown, daemon=True) for one in self._providers]
        for one in closing:
            one.start()
        until = time.monotonic() + GRACE
        for one in closing:
            one.join(max(0.0, until - time.monotonic()))

    def _note(self, request: Request, reply: Reply, start: int, seconds: float) -> None:
        known: dict[str, str | int] = {"http.request.method": request.method, "http.response.status_code": reply.status}
        if request.template:
            known["http.route"] = request.template
        if reply.status >= 500:
            known["error.type"] = str(reply.status)
        self._seconds.record(seconds, known)
        diagnostics = {name.lower(): text for name, text in reply.headers}
        if reply.status == 500 and diagnostics.get("mock-reason") == "contract breach":
            self._breaches.add(1, {"mock.operation": diagnostics.get("mock-operation", "")})
        name = f"{request.method} {request.template}" if request.template else request.method
        attributes = {**known, "url.path": request.path[:SHOWN], "url.scheme": "http", **_details(diagnostics)}
        context: Context = extract(request.headers)
        span = self._tracer.start_span(name, context, SpanKind.SERVER, attributes, start_time=start)
        if reply.status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end(start + int(seconds * 1_000_000_000))


def _details(diagnostics: Mapping[str, str]) -> dict[str, str]:
    """The diagnostics of an exchange as attributes."""
    return {
        f"mock.{name}": diagnostics[f"mock-{name}"]
        for name in ("operation", "reason", "request")
        if f"mock-{name}" in diagnostics
    }


def telemetry(environment: Mapping[str, str]) -> Telemetry:
    """As the usual variables ask for it. Raises SetupError listing each that asks for what is not there."""
    problems = [
        Problem("environment", f"/{name}", f"{value} is not an exporter of this mock", f"use {', '.join(EXPORTERS)}")
        for name in ("OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER")
        if (value := environment.get(name, "otlp")) not in EXPORTERS
    ]
    problems += [
        Problem("environment", f"/{name}", f"{value} is not spoken here", "use http/protobuf")
        for name in _PROTOCOLS
        if (value := environment.get(name, "http/protobuf")) != "http/protobuf"
    ]
    if problems:
        raise SetupError(problems)
    resource = Resource.create(MappingProxyType({"service.name": environment.get("OTEL_SERVICE_NAME", "mockserver")}))
    traces = TracerProvider(resource=resource)
    if (spans := _span_exporter(environment.get("OTEL_TRACES_EXPORTER", "otlp"))) is not None:
        traces.add_span_processor(BatchSpanProcessor(spans))
    figures = _metric_exporter(environment.get("OTEL_METRICS_EXPORTER", "otlp"))
    readers = [] if figures is None else [PeriodicExportingMetricReader(figures)]
    return Telemetry(traces, MeterProvider(readers, resource))


_PROTOCOLS = (
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
)


def _span_exporter(name: str) -> SpanExporter | None:
    if name == "otlp":
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter()
    return ConsoleSpanExporter() if name == "console" else None


def _metric_exporter(name: str) -> MetricExporter | None:
    if name == "otlp":
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter

        return OTLPMetricExporter()
    return ConsoleMetricExporter() if name == "console" else None
