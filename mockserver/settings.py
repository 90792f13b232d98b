"""Every setting and its default; the only reader of the environment, and the one place that finds the data folders."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mockserver.auth.authenticator import Mode
from mockserver.errors import Problem, SetupError
from mockserver.values.shown import quoted

DEVELOPMENT_SECRET = "mockserver: known to everyone, good for local development only"  # noqa: S105 -- it says so
"""Signs tokens unless MOCKSERVER_SECRET says otherwise, so that any token minted here is taken by any mock here."""

CLOCKS = ("scenario", "frozen", "now")


def data_folder(name: str) -> Path:
    """The folder ``spec``, ``fixtures`` or ``contract_tests``: inside the installed package, else in the checkout."""
    package = Path(__file__).parent
    installed = package / "_data" / name
    return installed if installed.is_dir() else package.parent / name


def state_folder() -> Path:
    """Where what outlives a run is kept: below the home directory, or for a user without one below the temporary."""
    try:
        return Path.home() / ".local/state/mockserver"
    except RuntimeError:  # no HOME, and a user id that the system has no entry for: usual in containers
        return Path(tempfile.gettempdir()) / f"mockserver-{os.getuid()}"


def cache_folder() -> Path | None:
    """Where what can be made again at any time is kept; None where MOCKSERVER_CACHE is ``off``, or there is no home."""
    named = os.environ.get("MOCKSERVER_CACHE")
    if named:
        return None if named == "off" else Path(named)
    if os.environ.get("XDG_CACHE_HOME"):
        return Path(os.environ["XDG_CACHE_HOME"]) / "mockserver"
    try:
        return Path.home() / ".cache/mockserver"
    except RuntimeError:  # as above
        return None


def stock_spec() -> Path:
    """The document that comes with mockserver."""
    return data_folder("spec") / "openapi.json"


def stock_specs() -> tuple[Path, ...]:
    """That document, and those of the modules beside it, which are served with it."""
    folder = data_folder("spec")
    return (stock_spec(), *sorted(folder.glob("*/openapi.json")))


@dataclass(frozen=True, slots=True)
class Settings:
    """How one mock runs; most are options of ``mockserver serve`` too. Sizes are bytes.

    The document: ``spec``, a path or an http(s) address, or several, each with ``=/prefix`` behind it where it is to be
    answered below a path of its own; ``overlays`` change it; ``groups`` are the resources that are served, with those
    that they refer to (none: all); ``hosts``: under a host that a document names as its server only that document's
    paths are answered; ``strict_document``: what an operation means and the document does not say is a problem, not
    inferred; ``validator``: ``compiled``, or ``reference`` to have openapi-core judge every message as well.

    The records: ``fixtures`` is the folder of scenarios, recipes and templates; ``scenario`` the name of one, or its
    file; ``seed`` replaces the scenario's; ``counts`` says how many records of a resource each seeded tenant gets,
    ``scale`` multiplies what the scenario says of that; ``seed_records``: how many records each collection of a
    document without annotations begins with; ``strict_references``: keys into other modules are held to what is known
    of these; ``store``: ``memory``, a file, or the address of a PostgreSQL database; ``cache``: a folder in which a
    start leaves what the next one like it needs; ``clock``: ``scenario`` runs on from the scenario's moment, ``frozen``
    stands there, ``now`` follows the machine.

    Who may ask: ``auth`` is a Mode; ``secret`` signs tokens (HS256, 32 characters or more), ``key_file`` keeps a key
    pair for RS256, ``jwks`` is a file or an address with the keys of other issuers; ``control_token``: what the control
    plane wants to be shown (None: nothing); ``allow_hosts``: host names beside this machine's by which it may be asked;
    ``webhook_hosts``: those that webhooks and callbacks may go to beside it.

    Limits: ``page_size`` records on a page, ``max_body``, ``max_target`` and ``max_headers`` of a request,
    ``max_depth`` of its JSON, ``max_tenants``, ``max_records`` of a resource in a tenant, ``journal`` and ``outbox``
    entries kept.

    Raises SetupError listing every setting that is wrong.
    """

    spec: Path | str | tuple[Path | str, ...] = field(default_factory=stock_specs)
    fixtures: Path = field(default_factory=lambda: data_folder("fixtures"))
    scenario: str = "default"
    seed: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    scale: float = 1
    auth: Mode = Mode.VERIFY
    secret: str = field(default=DEVELOPMENT_SECRET, repr=False)
    key_file: Path = field(default_factory=lambda: state_folder() / "key.pem")
    jwks: str | None = None
    control_token: str | None = field(default=None, repr=False)
    hosts: bool = False
    allow_hosts: tuple[str, ...] = ()
    webhook_hosts: tuple[str, ...] = ()
    clock: str = "scenario"
    validator: str = "compiled"
    store: str = field(default="memory", repr=False)
    cache: Path | None = None
    overlays: tuple[Path, ...] = ()
    groups: tuple[str, ...] = ()
    strict_document: bool = False
    strict_references: bool = False
    seed_records: int = 3
    page_size: int = 100
    max_body: int = 2**20
    max_depth: int = 32
    max_target: int = 8_192
    max_headers: int = 32_768
    max_tenants: int = 1_000
    max_records: int = 1_000_000
    journal: int = 1_000
    outbox: int = 1_000

    @property
    def fault_folders(self) -> tuple[Path, ...]:
        """Where fault profiles are: beside the scenarios, and those that come with mockserver."""
        return (self.fixtures / "faults", data_folder("fixtures") / "faults")

    def __post_init__(self) -> None:
        if isinstance(self.spec, list):
            object.__setattr__(self, "spec", tuple(self.spec))
        overlays = [self.overlays] if isinstance(self.overlays, str | Path) else self.overlays
        object.__setattr__(self, "overlays", tuple(map(Path, overlays)))
        problems = [
            Problem("settings", f"/{name}", f"{quoted(found)} is out of range", f"give {low} to {high}")
            for name, low, high in _RANGES
            if not low <= (found := getattr(self, name)) <= high
        ]
        if self.clock not in CLOCKS:
            problems.append(
                Problem("settings", "/clock", f"{quoted(self.clock)} is unknown", f"use {', '.join(CLOCKS)}")
            )
        if self.auth in list(Mode):
            object.__setattr__(self, "auth", Mode(self.auth))  # "off" is as good as Mode.OFF
        else:
            problems.append(Problem("settings", "/auth", f"{quoted(self.auth)} is unknown", f"use {', '.join(Mode)}"))
        if len(self.secret) < 32:
            problem = f"{len(self.secret)} characters are too few for HS256"
            problems.append(Problem("settings", "/secret", problem, "give MOCKSERVER_SECRET 32 characters or more"))
        if self.control_token is not None and not _CONTROL_TOKEN.fullmatch(self.control_token):
            problem, remedy = "is not a token of 16 or more letters, digits, - . _ ~", "change MOCKSERVER_CONTROL_TOKEN"
            problems.append(Problem("settings", "/control_token", problem, remedy))
        for setting in ("allow_hosts", "webhook_hosts"):
            names = tuple(name.lower().rstrip(".") for name in getattr(self, setting))
            object.__setattr__(self, setting, names)
            problems += [
                Problem("settings", f"/{setting}", f"{quoted(name)} is not a host name", "give it as mock.example.com")
                for name in names
                if not _HOST_NAME.fullmatch(name)
            ]
        if problems:
            raise SetupError(problems)


_CONTROL_TOKEN = re.compile(r"[A-Za-z0-9._~-]{16,}")
_HOST_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
ALL = 100_000_000
"""The page size that cuts no list: no resource holds more records."""

_RANGES = (
    ("scale", 0, 100_000),
    ("seed_records", 0, 1_000),
    ("page_size", 1, ALL),
    ("max_body", 1_024, 2**26),
    ("max_depth", 4, 100),
    ("max_target", 256, 65_536),
    ("max_headers", 1_024, 262_144),
    ("max_tenants", 1, 100_000),
    ("max_records", 1, 100_000_000),
    ("journal", 1, 1_000_000),
    ("outbox", 1, 1_000_000),
)


def from_environment(environment: Mapping[str, str] | None = None) -> dict[str, str | Path]:
    """What the environment gives, kept out of command lines: secret, control token and key file (MOCKSERVER_…)."""
    environment = os.environ if environment is None else environment
    found: dict[str, str | Path] = {}
    if secret := environment.get("MOCKSERVER_SECRET"):
        found["secret"] = secret
    if control_token := environment.get("MOCKSERVER_CONTROL_TOKEN"):
        found["control_token"] = control_token
    if key_file := environment.get("MOCKSERVER_KEY_FILE"):
        found["key_file"] = Path(key_file)
    return found


def record_token(environment: Mapping[str, str] | None = None) -> str | None:
    """What is shown to a real server in place of a client's token (MOCKSERVER_RECORD_TOKEN); None: nothing is."""
    return (os.environ if environment is None else environment).get("MOCKSERVER_RECORD_TOKEN") or None


def telemetry_environment(environment: Mapping[str, str] | None = None) -> dict[str, str] | None:
    """The OTEL_ variables where they ask for traces or metrics; None where nobody does."""
    environment = os.environ if environment is None else environment
    found = {name: text for name, text in environment.items() if name.startswith("OTEL_") and text}
    if found.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    wanted = ("OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER")
    is_asked = any(name.startswith("OTEL_EXPORTER_OTLP") and name.endswith("ENDPOINT") for name in found)
    return found if is_asked or any(found.get(name, "none") != "none" for name in wanted) else None
