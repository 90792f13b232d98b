"""The named examples of an operation's declared replies, as they would be sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from mockserver.contract.document import Document, Node
from mockserver.contract.operation import Operation
from mockserver.contract.operation_reader import is_json
from mockserver.contract.samples.record_examples import example_object
from mockserver.contract.xml_text import is_xml, write_xml
from mockserver.messages import Json, Reply


@dataclass(frozen=True, slots=True)
class NamedExample:
    """One entry of ``examples``, and the place of the media type that it stands at."""

    name: str
    status: int
    media_type: str
    media: Node
    value: Json

    def reply(self, operation: Operation) -> Reply:
        """What is sent: JSON as it is, XML by its schema, a text of any other type as it stands."""
        if is_json(self.media_type):
            return Reply(self.status, self.value, True, content_type=self.media_type)
        if isinstance(self.value, str):
            return Reply(self.status, raw=self.value.encode(), content_type=self.media_type)
        if is_xml(self.media_type) and operation.plan:
            raw = write_xml(operation.plan.maker.shapes, self.media.child("schema"), self.value)
            return Reply(self.status, raw=raw, content_type=self.media_type)
        return Reply(self.status, raw=orjson.dumps(self.value), content_type=self.media_type)

    def keeps_schema(self, operation: Operation) -> bool:
        """Whether the value is what the schema beside it says; true where nothing can tell."""
        if not is_json(self.media_type):
            return True
        if operation.plan:
            schema = self.media.child("schema")
            return schema.value is None or operation.plan.maker.allows(schema, self.value)
        declared = operation.replies.get(self.status)
        return declared is None or declared.full is None or declared.full.allows(self.value)


def named_examples(document: Document, operation: Operation) -> Iterator[NamedExample]:
    """Every named example with a value, successes first, then in the document's order.

    One at ``2XX`` or ``default`` counts for the status that the operation succeeds with, at ``4XX`` for 400.
    """
    replies = [*document.operation(operation.path, operation.method).child("responses").items()]
    for status, reply in sorted(replies, key=lambda one: not one[0].startswith("2")):
        number = _number(status, operation)
        if number is None:
            continue
        for media_type, media in document.follow(reply).child("content").items():
            for name, one in media.child("examples").items():
                if "value" in (example := example_object(document, one)):
                    yield NamedExample(name, number, media_type, media, example["value"])


def _number(status: str, operation: Operation) -> int | None:
    if status.isdigit():
        return int(status)
    usual = operation.plan.status if operation.plan else 200
    if status == "default" or status.upper() == f"{usual // 100}XX":
        return usual
    return int(status[0]) * 100 if status[:1].isdigit() else None
