"""Where the command ``mockserver`` begins: Ctrl-C while it is being imported ends it without a traceback, too."""

from __future__ import annotations

import gc
import sys

INTERRUPTED = 130
"""The exit status of what SIGINT ended, as shells tell it."""


def main() -> None:
    """Run the command line."""
    gc.disable()  # PERF: until the command is imported, as nothing that imports make is garbage
    try:
        from mockserver.commands.cli import main as command
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    command()
