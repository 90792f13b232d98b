"""Why something could not be read, written or reached: in a few words, not in Python's or the system's."""

from __future__ import annotations

import errno
from collections.abc import Mapping

LONGEST = 200
_SYSTEM: Mapping[int, str] = {
    errno.ENOENT: "it does not exist",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EISDIR: "it is a folder",
    errno.ENOTDIR: "a part of its path is not a folder",
    errno.EROFS: "the file system is read-only",
    errno.ENOSPC: "no space is left on the device",
}


def reason(error: BaseException) -> str:
    """One line of at most ``LONGEST`` characters, without numbers of errors, names of classes or the path again."""
    if isinstance(error, UnicodeError):
        return "it is not text in UTF-8"
    if isinstance(error, OSError):
        if isinstance(status := getattr(error, "code", None), int):  # an answer, which urllib takes for an error
            return f"the answer is {status}"
        below = getattr(error, "reason", None)  # urllib tells within what went wrong
        if isinstance(below, BaseException):
            return reason(below)
        if words := _SYSTEM.get(error.errno or 0, error.strerror or below):
            return words[:1].lower() + words[1:]
    lines = str(error).strip().splitlines()
    return lines[0][:LONGEST] if lines else type(error).__name__
