"""What a member is that is not there: unlike null, which is a value, and unlike anything that JSON can say."""

from __future__ import annotations

from typing import Final


class Absent:
    """The class of ABSENT, which is false."""

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        """The one there is, in a copy that is read back too."""
        return "ABSENT"


ABSENT: Final = Absent()
