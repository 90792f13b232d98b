"""Shared by the tests: the published document of the certifications API as data, read once by a process."""

from __future__ import annotations

import json

from mockserver.contract import Document
from mockserver.settings import stock_spec

DOCUMENT = Document(json.loads(stock_spec().read_text()))
