"""What tests hold: a world of their own, and the questions they ask of it; imported when a test first wants one."""

from mockserver.testing.in_process import Client, Response
from mockserver.testing.marker import MockOptions, read_options
from mockserver.testing.mock import Mock
from mockserver.testing.stage import Stage
from mockserver.verification.request_matcher import Difference, RecordedCall, Wanted, difference

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
