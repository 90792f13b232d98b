"""The last look before a reply leaves: what the document declares for that status, or a ContractBreach."""

from __future__ import annotations

from mockserver.contract.operation import Operation
from mockserver.errors import ContractBreach, Violation
from mockserver.messages import Reply
from mockserver.values.json_text import read_own


def check(operation: Operation, reply: Reply, *, projected: bool) -> None:
    """Hold ``reply`` to what ``operation`` declares for its status.

    ``projected`` tells that the caller asked for some fields only. A success made of stored records is
    taken on trust where the document promises just such records: they were checked when written.
    Raises ContractBreach.
    """
    declared = operation.replies.get(reply.status)
    if declared is None:
        statuses = ", ".join(map(str, sorted(operation.replies)))
        message = f"{reply.status} is not declared (declared: {statuses})"
        raise ContractBreach(operation.id, [Violation("status", "", "status", message)])
    has_content = reply.has_value or reply.raw is not None
    if has_content != (declared.full is not None):
        message = "has content where none is declared" if has_content else "has no content where some is declared"
        raise ContractBreach(operation.id, [Violation("body", "", "content", message)])
    if declared.is_file(reply.content_type):
        return
    validator = declared.projected if projected else declared.full
    if validator is None or (reply.raw is not None and operation.holds_records and not projected):
        return
    value = reply.value if reply.has_value else read_own(reply.raw or b"null")
    if violations := validator.violations(value, "body"):
        raise ContractBreach(operation.id, violations)
