"""Traces and metrics where the usual variables ask for them, and nothing imported where they do not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from mockserver.errors import SetupError
from mockserver.settings import telemetry_environment
from mockserver.telemetry import Telemetry, telemetry
from server import serving

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def collected(library) -> Iterator[Any]:
    spans, figures = InMemorySpanExporter(), InMemoryMetricReader()
    traces = TracerProvider(shutdown_on_exit=False)
    traces.add_span_processor(SimpleSpanProcessor(spans))
    app = library()
    collecting = Telemetry(traces, MeterProvider([figures], shutdown_on_exit=False))
    app.extensions["mockserver"].observe = collecting.observe
    yield app.test_client(), spans, figures
    collecting.close()


def test_each_exchange_is_a_span_of_the_callers_trace(collected: Any) -> None:
    client, spans, _ = collected
    client.post("/books/t", json={"title": "A"}, headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
    client.get("/books/t/none?token=secret")
    created, missing = spans.get_finished_spans()
    assert created.name == "POST /books/{tenant}"
    assert f"{created.context.trace_id:032x}" == TRACE
    assert created.attributes["http.response.status_code"] == 200
    assert created.attributes["mock.operation"] == "createBook"
    assert missing.attributes["http.route"] == "/books/{tenant}/{id}"
    assert missing.attributes["http.response.status_code"] in (400, 404)
    assert "secret" not in str(dict(missing.attributes))
    assert created.end_time >= created.start_time


def test_durations_are_counted_by_route_and_status(collected: Any) -> None:
    client, _, figures = collected
    client.get("/books/t")
    client.get("/books/t")
    client.get("/nowhere")
    [scope] = figures.get_metrics_data().resource_metrics[0].scope_metrics
    [durations] = [one for one in scope.metrics if one.name == "http.server.request.duration"]
    points = durations.data.data_points
    counts = {
        (one.attributes.get("http.route"), one.attributes["http.response.status_code"]): one.count for one in points
    }
    assert counts["/books/{tenant}", 200] == 2
    assert len(counts) == 2


@pytest.mark.parametrize(
    ("environment", "is_asked"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x:4318", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_TRACES_EXPORTER": "none"}, False),
        ({"OTEL_TRACES_EXPORTER": "console"}, True),
    ],
)
def test_the_usual_variables_ask_for_it(environment: dict[str, str], is_asked: bool) -> None:
    assert (telemetry_environment({"HOME": "/", **environment}) is not None) is is_asked


def test_what_is_not_there_is_told_all_at_once() -> None:
    asked = {"OTEL_TRACES_EXPORTER": "zipkin", "OTEL_METRICS_EXPORTER": "x", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}
    with pytest.raises(SetupError) as wrong:
        telemetry(asked)
    assert [one.pointer[1:] for one in wrong.value.problems] == [*asked]


def test_nothing_is_imported_where_nobody_asks() -> None:
    names = "[one for one in sys.modules if 'opentelemetry' in one]"
    code = f"import sys, mockserver.commands.serving, mockserver.web.app; print({names})"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert found.stdout == "[]\n"


class Collector(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.put((self.path, body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def test_a_collector_hears_of_it_before_the_mock_ends() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    server.came = came = Queue()  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    endpoint = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
        "OTEL_SERVICE_NAME": "shop",
    }
    with serving("--scenario", "empty", "--auth", "off", environment=endpoint) as running:
        assert running.send("GET", "/certifications/acme").status == 200
    heard = dict([came.get(timeout=60), came.get(timeout=60)])
    server.shutdown()
    server.server_close()
    assert b"GET /certifications/{" in heard["/v1/traces"]
    assert b"http.server.request.duration" in heard["/v1/metrics"]
    assert b"shop" in heard["/v1/metrics"]
