"""Faults that wait together under a name, as files say: a slow network, an outage, a rate limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mockserver.contract import Operation
from mockserver.errors import Problem, SetupError
from mockserver.runtime.fault import Fault
from mockserver.runtime.fault_reader import read_fault
from mockserver.values.data_file import read_data_file
from mockserver.values.form import check_form
from mockserver.values.shown import shown
from mockserver.values.suggestions import meant


@dataclass(frozen=True, slots=True)
class FaultProfile:
    """A file ``NAME.yaml``: what a client meets in a sentence, and the faults as they are told."""

    name: str
    description: str
    faults: Sequence[Mapping[str, Any]]

    def made(self, operations: Mapping[str, Operation]) -> list[Fault]:
        """The faults, each for all requests unless it says how many times. Raises SetupError."""
        problems, made = [], []
        for index, one in enumerate(self.faults):
            try:
                made.append(read_fault({"times": None, **one}, operations))
            except SetupError as error:
                problems += [replace(each, pointer=f"/faults/{index}{each.pointer}") for each in error.problems]
        if problems:
            raise SetupError([replace(one, file=f"{self.name}.yaml") for one in problems])
        return made


def profile_names(folders: Sequence[Path]) -> list[str]:
    """The profiles that the folders hold, sorted."""
    return sorted({file.stem for folder in folders for file in folder.glob("*.yaml")})


def read_profile(name: str, folders: Sequence[Path]) -> FaultProfile:
    """The profile of that name, of the first folder that has it. Raises SetupError."""
    names = profile_names(folders)
    if name not in names:
        raise SetupError([Problem("request", "", f"no fault profile {shown(name, 40)}", meant(name[:80], names))])
    file = next(file for folder in folders if (file := folder / f"{name}.yaml").is_file())
    data = read_data_file(file)
    if problems := check_form("fault_profile", data):
        raise SetupError(problems)
    return FaultProfile(name, data.value["description"], data.value["faults"])
