"""What several documents that are served as one are called, and of which version they are."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.contract.document import Document
from mockserver.values.pointer import step_along

NAMED = 3
"""Of how many documents a title has all the names; a page's heading has no room for more."""


def info_of(documents: Sequence[Document]) -> dict[str, str]:
    """The joined document's ``info``: of more than three documents the title names the first, the description all."""
    titles = [str(step_along(one.root, ("info", "title")) or one.source) for one in documents]
    versions = {str(step_along(one.root, ("info", "version"))) for one in documents}
    info = {"title": " + ".join(titles), "version": versions.pop() if len(versions) == 1 else "1"}
    if len(titles) <= NAMED:
        return info
    shortened = f"{titles[0]} + {len(titles) - 1} more"
    return {**info, "title": shortened, "description": f"Served together: {', '.join(titles)}."}
