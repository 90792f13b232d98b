"""The traffic as an HTTP Archive 1.2, redacted."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote

import harfile

from mockserver.conformance.reporters.report_data import Report, cut
from mockserver.conformance.reporters.report_redaction import Redactor
from mockserver.conformance.wire.traffic import Exchange, Received
from mockserver.values.http_archive import Archived, archive, archived_request

URI = "%:/?#[]@!$&'()*+,;=~"
"""The characters of a URI (RFC 3986) beside letters, digits and those that are never escaped."""


def har(report: Report) -> str:
    """The newest exchanges, up to what was kept."""
    verdict = report.verdict
    comment = f"{len(verdict.exchanges)} of {verdict.requests} exchanges, seed {verdict.options.seed}"
    exchanges = (_archived(one, verdict.target.base_url, report.redactor) for one in verdict.exchanges)
    return archive(exchanges, creator="mockserver check", comment=comment)


def har_request(one: Exchange, base_url: str, redactor: Redactor) -> harfile.Request:
    return archived_request(_archived(one, base_url, redactor))


def _archived(one: Exchange, base_url: str, redactor: Redactor) -> Archived:
    """The reply has status 0, as HAR has it, where none came."""
    sent, reply = one.sent, one.reply or Received(0, (), b"")
    query = parse_qsl(sent.target.partition("?")[2], keep_blank_values=True)
    return Archived(
        started=one.at,
        took=round(one.reply.seconds * 1000, 3) if one.reply else 0,
        method=sent.method,
        url=quote(redactor.text(base_url + sent.target), safe=URI),
        headers=redactor.headers(sent.headers),
        query=[pair for name, text in query for pair in redactor.value({name: text}).items()],
        body=cut(redactor.body(sent.body)),
        body_type=sent.header("Content-Type") or "",
        status=reply.status,
        reply_headers=redactor.headers(reply.headers),
        reply=cut(redactor.body(reply.body)),
        reply_type=redactor.text(reply.header("Content-Type") or ""),
        sizes=(len(sent.body or b""), len(reply.body)),
        comment=one.purpose,
        failure=redactor.text(one.failure),
    )
