"""What a member is that is not there: unlike null, which is a value, and unlike anything that JSON can say."""

from __future__ import annotations

from typing import Final


class Absent:
    """The class of ABSENT, which is false."""

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent()
