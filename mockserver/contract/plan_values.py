"""What a plan says where a value would stand, and is known only when the request is answered."""

from __future__ import annotations

from typing import Any

NOW: dict[str, Any] = {"now": True}
"""The moment of the request, in the form that the member has."""
TOGGLE: dict[str, Any] = {"toggle": True}
"""The opposite of what the member is."""
PAST: dict[str, Any] = {"past": True}
"""Any moment that is over."""
