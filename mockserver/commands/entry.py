"""Where the command ``mockserver`` begins: Ctrl-C while it is being imported ends it without a traceback, too."""

from __future__ import annotations

import sys

INTERRUPTED = 130
"""The exit status of what SIGINT ended, as shells tell it."""


def main() -> None:
    """Run the command line."""
    try:
        from mockserver.commands.cli import main as command
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    command()
