"""The traffic as an HTTP Archive 1.2, redacted."""

from __future__ import annotations

import io
from collections.abc import Iterable
from urllib.parse import parse_qsl

import harfile

from mockserver.conformance.redaction import Redactor
from mockserver.conformance.telling import Report, cut
from mockserver.conformance.traffic import Exchange, Received

HTTP = "HTTP/1.1"


def har(report: Report) -> str:
    """The newest exchanges, up to what was kept."""
    verdict, text = report.verdict, io.StringIO()
    comment = f"{len(verdict.exchanges)} of {verdict.requests} exchanges, seed {verdict.seed}"
    creator = harfile.Creator("mockserver check", "1")
    with harfile.HarFile.open(text, creator=creator, comment=comment) as archive:
        for one in verdict.exchanges:
            took = round(one.reply.seconds * 1000, 3) if one.reply else 0
            archive.add_entry(
                startedDateTime=one.at,
                time=took,
                request=har_request(one, verdict.base_url, report.redactor),
                response=_response(one, report.redactor),
                timings=harfile.Timings(send=0, wait=took, receive=0),
                comment=one.purpose,
            )
    return text.getvalue()


def har_request(one: Exchange, base_url: str, redactor: Redactor) -> harfile.Request:
    query = parse_qsl(one.sent.target.partition("?")[2], keep_blank_values=True)
    body = cut(redactor.body(one.sent.body))
    return harfile.Request(
        method=one.sent.method,
        url=redactor.text(base_url + one.sent.target),
        httpVersion=HTTP,
        headers=_records(redactor.headers(one.sent.headers)),
        queryString=_records([pair for name, text in query for pair in redactor.value({name: text}).items()]),
        postData=harfile.PostData(mimeType=one.sent.header("Content-Type") or "", text=body) if body else None,
        bodySize=len(one.sent.body or b""),
    )


def _response(one: Exchange, redactor: Redactor) -> harfile.Response:
    """The reply; status 0, as HAR has it, where none came."""
    reply = one.reply or Received(0, (), b"")
    return harfile.Response(
        status=reply.status,
        statusText="",
        httpVersion=HTTP,
        headers=_records(redactor.headers(reply.headers)),
        content=harfile.Content(
            size=len(reply.body),
            mimeType=redactor.text(reply.header("Content-Type") or ""),
            text=cut(redactor.body(reply.body)),
            comment=redactor.text(one.failure) or None,
        ),
        bodySize=len(reply.body),
    )


def _records(pairs: Iterable[tuple[str, str]]) -> list[harfile.Record]:
    return [harfile.Record(name, text) for name, text in pairs]
