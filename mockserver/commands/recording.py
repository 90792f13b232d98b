"""What ``serve --record`` sets up: the files that it goes on from, and who answers what the mock cannot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mockserver.settings import Settings
    from mockserver.world import World


@dataclass(frozen=True, slots=True)
class Recording:
    """What was asked for: the real server's address, the folder, whether all is asked there, and the token for it."""

    url: str
    folder: Path
    everything: bool = False
    token: str | None = None

    def on_top(self, settings: Settings) -> Settings:
        """``settings`` with what was recorded before. Raises SetupError for an address that cannot be one."""
        from mockserver.recording.origin import Origin
        from mockserver.recording.recorded_files import OVERLAY, SCENARIO

        Origin(self.url)
        scenario, overlay = self.folder / SCENARIO, self.folder / OVERLAY
        overlays = (overlay,) if overlay.is_file() and overlay not in settings.overlays else ()
        name = str(scenario) if scenario.is_file() else settings.scenario
        return replace(settings, scenario=name, overlays=(*settings.overlays, *overlays))

    def begin(self, world: World, served: Settings) -> None:
        """Have ``world`` ask the real server; ``served`` is what was to be served before ``on_top``.

        Raises SetupError.
        """
        from mockserver.recording.origin import Origin
        from mockserver.recording.recording_proxy import RecordingProxy

        origin = Origin(self.url, self.token)
        world.onward = RecordingProxy(world, origin, self.folder, _print, served=served, everything=self.everything)


def _print(line: str) -> None:
    shown = "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in line)
    click.secho(f"record: {shown}", fg="yellow" if "not " in line else "green", err=True)
