"""Faults to come: ask for some, or for a profile of them, see them, clear them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mockserver.runtime.fault_profiles import profile_names, read_profile
from mockserver.runtime.fault_reader import read_fault
from mockserver.values.shown import shown
from mockserver.values.suggestions import meant
from mockserver.web.control.route import ControlRequest, Route, missing
from mockserver.world import World


@dataclass(frozen=True, slots=True)
class FaultsControl:
    """How the next requests are answered."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/faults", self.waiting, "Faults")
        yield Route("POST", "/faults", self.add, "Faults", body="fault", checks_form=True)
        yield Route("DELETE", "/faults", self.clear, "Faults")
        yield Route("GET", "/faults/profiles", self.profiles, "FaultProfiles")
        yield Route("PUT", "/faults/profiles/<name>", self.use, "Faults")

    def waiting(self, _: ControlRequest) -> list[dict[str, Any]]:
        """The faults that wait for a request."""
        return self.world.faults.waiting()

    def add(self, sent: ControlRequest) -> list[dict[str, Any]]:
        """Answer the next matching requests with an error, late, damaged, or of the past."""
        self.world.faults.add(read_fault(sent.body, self.world.operations))
        return self.world.faults.waiting()

    def clear(self, _: ControlRequest) -> list[dict[str, Any]]:
        """Forget all faults that wait."""
        self.world.faults.clear()
        return self.world.faults.waiting()

    def profiles(self, _: ControlRequest) -> list[dict[str, Any]]:
        """The fault profiles there are, and what a client meets with each."""
        folders = self.world.settings.fault_folders
        found = (read_profile(name, folders) for name in profile_names(folders))
        return [{"name": one.name, "description": one.description, "faults": one.faults} for one in found]

    def use(self, _: ControlRequest, name: str) -> list[dict[str, Any]]:
        """Have the faults of a profile wait, in place of all that wait now."""
        folders = self.world.settings.fault_folders
        if name not in (names := profile_names(folders)):
            raise missing(f"no fault profile {shown(name, 40)}", meant(name[:80], names))
        profile = read_profile(name, folders)
        self.world.faults.replace(profile.made(self.world.operations))
        return self.world.faults.waiting()
