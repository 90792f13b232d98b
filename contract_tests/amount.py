"""How much is generated, apart from the fuzzer so that asking for it costs no import of one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Amount:
    """Cases an operation in the fuzzing phase, sequences in the stateful phase (0: the phase is left out)."""

    cases: int
    sequences: int
