"""What tests hold: a world of their own, and the questions they ask of it; imported when a test first wants one."""

from mockserver.testing.client import Client, Response
from mockserver.testing.mock import Mock
from mockserver.testing.options import MockOptions, read_options
from mockserver.testing.stage import Stage
from mockserver.verification.calls import Difference, RecordedCall, Wanted, difference

__all__ = [
    "Client",
    "Difference",
    "Mock",
    "MockOptions",
    "RecordedCall",
    "Response",
    "Stage",
    "Wanted",
    "difference",
    "read_options",
]
