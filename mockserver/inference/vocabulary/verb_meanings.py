"""What the verbs of actions make of a record where none of its states is called like them: ``ship``, ``in_transit``."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.values.verb_stems import stem_of

MEANT: Mapping[str, tuple[str, ...]] = {
    stem_of(verb): tuple(map(stem_of, states))
    for verb, states in {
        "publish": ("live", "active", "public", "online", "on_sale", "open"),
        "submit": ("in_review", "under_review", "review"),
        "resume": ("active", "running", "in_progress"), "reopen": ("open", "active"),
        "launch": ("live", "active", "running", "in_progress", "open"), "go-live": ("live", "active"),
        "activate": ("enabled", "live"), "enable": ("active",), "disable": ("inactive",),
        "suspend": ("inactive", "paused", "blocked", "disabled"), "hold": ("on_hold",), "pause": ("on_hold",),
        "dispatch": ("shipped", "in_transit"), "book": ("reserved", "confirmed"), "reserve": ("booked",),
        "end": ("completed", "finished", "closed", "done"), "begin": ("in_progress", "started", "running"),
        "void": ("cancelled",), "cancel": ("void", "voided", "withdrawn", "aborted"), "abort": ("cancelled",),
        "settle": ("paid",), "stop": ("stopped", "ended"),
        "merge": ("merged", "closed"), "finalize": ("final", "open", "issued"),
        "start": ("in_progress", "running"), "ship": ("dispatched", "in_transit"),
        "approve": ("accepted", "confirmed"), "accept": ("approved", "confirmed"), "confirm": ("accepted", "approved"),
        "reject": ("declined", "denied", "refused"), "decline": ("rejected", "denied"),
        "deny": ("rejected", "declined"),
        "finish": ("completed", "done"), "complete": ("done", "finished", "closed"), "close": ("done", "resolved"),
        "resolve": ("closed", "done"), "terminate": ("ended", "inactive", "cancelled"),
    }.items()
}  # fmt: skip
"""The states that each stem may lead to, the likeliest first."""
