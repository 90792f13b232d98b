"""What the command line asked for, judged before anything is sent."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from mockserver.conformance.profiles import PROFILES, Profile
from mockserver.conformance.provenance import Provenance
from mockserver.errors import Problem, SetupError
from mockserver.settings import state_folder, stock_spec, stock_specs
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant

MOCK = "mock"


@dataclass(frozen=True, slots=True)
class Options:
    """One call of ``mockserver check``. Times in seconds.

    ``groups`` are the resources to check (none: all), ``checks`` folders of a user's own checks, ``whole``
    leaves nothing out that a profile would only sample, ``fuzzed``
    lets Schemathesis come after the checks, ``token_command`` may hold ``{tenant}``; ``require`` is the share
    (0 to 1) of the planned checks that must judge something. ``patience`` is how long a run waits without one good
    reply, ``settle`` how long reads may lag behind writes. ``ca`` and ``insecure`` say whose certificates are taken;
    ``token_url`` with the four after it fetches a token with client credentials. ``against`` is a second server, or
    ``mock``, that the target is compared with in place of being checked; the two after it are its token and tenant.
    ``spec`` is empty for what comes with mockserver: all of it in this process and on this machine, elsewhere
    the first document alone, since each module has a host of its own there.
    """

    target: str = MOCK
    profile: str = MOCK
    token: str | None = field(default=None, repr=False)
    token_command: str | None = None
    tenant: str | None = None
    other_tenant: str | None = None
    other_token: str | None = field(default=None, repr=False)
    groups: tuple[str, ...] = ()
    whole: bool = False
    fuzzed: bool = True
    seed: int = 1
    require: float | None = None
    patience: float | None = None
    settle: float = 0.0
    ca: Path | None = None
    insecure: bool = False
    against: str | None = None
    against_token: str | None = field(default=None, repr=False)
    against_tenant: str | None = None
    token_url: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    scope: str | None = None
    audience: str | None = None
    max_time: float | None = None
    rate: float | None = None
    report: Path | None = None
    stories: Path | None = None
    baseline: Path | None = None
    update_baseline: bool = False
    reason: str | None = None
    sweep: bool = False
    checks: tuple[Path, ...] = ()
    allow_hosts: tuple[str, ...] = ()
    redact: tuple[str, ...] = ()
    strictness: Provenance | None = None
    spec: Path | str | tuple[Path | str, ...] = ()
    overlays: tuple[Path, ...] = ()
    state: Path = field(default_factory=lambda: state_folder() / "check")

    def __post_init__(self) -> None:
        if self.spec == ():
            is_near = self.chosen.in_process or self.chosen.local
            object.__setattr__(self, "spec", stock_specs() if is_near else stock_spec())

    @property
    def chosen(self) -> Profile:
        return PROFILES[self.profile]

    @property
    def host(self) -> str:
        return urlsplit(self.target).hostname or ""


def validate_options(options: Options) -> None:
    """Raises SetupError listing all that is missing or not allowed."""
    if problems := [Problem("options", pointer, problem, remedy) for pointer, problem, remedy in _problems(options)]:
        raise SetupError(problems)


def unknown_groups(options: Options, known: Iterable[str]) -> list[Problem]:
    """Each resource that is to be checked and is not among ``known``."""
    names = [*known]
    wrong = (name for name in options.groups if name not in names)
    return [Problem("options", "--group", f"unknown resource {quoted(one)}", meant(one, names)) for one in wrong]


def _problems(options: Options) -> Iterator[tuple[str, str, str]]:
    profile = options.chosen
    if profile.in_process != (options.target == MOCK):
        of_servers = "http (of your own: it may be written to), staging-read (only reads) or staging-write"
        in_process = f"use --target mock, or for a server --profile with one of {of_servers}"
        remedy = in_process if profile.in_process else "name a URL, such as http://127.0.0.1:8080"
        yield "--target", f"the profile {profile.name} does not go with {quoted(options.target)}", remedy
    elif not profile.in_process and not (urlsplit(options.target).scheme in ("http", "https") and options.host):
        yield (
            "--target",
            f"{quoted(options.target)} is not an http or https URL",
            "name one, such as http://127.0.0.1:8080",
        )
    elif not profile.in_process:
        yield from _about_hosts(options, profile)
    if options.against is not None:
        yield from _about_second(options, options.against)
    if options.sweep and not profile.ledger:
        yield "--sweep", f"the profile {profile.name} leaves nothing to sweep", "use --profile staging-write"
    for name, value in (("--max-time", options.max_time), ("--rate", options.rate), ("--patience", options.patience)):
        if value is not None and value <= 0:
            yield name, f"{value:g} is not above 0", "give a positive number"
    yield from _about_trust(options)
    yield from _about_baseline(options)
    if bool(options.other_tenant) != bool(options.other_token) and not _can_get_other(options):
        yield "--other-tenant", "the second tenant needs a name and a token", "give --other-tenant and --other-token"
    if options.tenant and options.tenant == options.other_tenant:
        yield "--other-tenant", "is the same as --tenant", "name another tenant"


def _about_hosts(options: Options, profile: Profile) -> Iterator[tuple[str, str, str]]:
    allowed = options.host in options.allow_hosts
    if profile.local and not allowed and not _is_local(options.host):
        yield (
            "--target",
            f"the profile {profile.name} writes to servers of this machine, not to {options.host}",
            f"use --profile staging-write, or --allow-host {options.host}",
        )
    if profile.ledger and not allowed:
        yield (
            "--allow-host",
            f"{options.host} is not allowed by name",
            f"add --allow-host {options.host} if tests may write there",
        )


def _about_second(options: Options, against: str) -> Iterator[tuple[str, str, str]]:
    if options.target == MOCK:
        yield "--against", "the mock would be compared with itself", "name a server with --target URL"
    elif against == options.target:
        yield "--against", "is the same as --target", "name another server, or mock"
    elif against != MOCK and not (urlsplit(against).scheme in ("http", "https") and urlsplit(against).hostname):
        yield "--against", f"{quoted(against)} is neither mock nor an http or https URL", "name one of them"
    if options.sweep:
        yield "--against", "is given beside --sweep", "leave one of them out"


def _about_baseline(options: Options) -> Iterator[tuple[str, str, str]]:
    if options.update_baseline and options.baseline is None:
        yield "--update-baseline", "no baseline is named", "name the file to write with --baseline"
    if options.reason is not None and not options.update_baseline:
        yield "--reason", "is given without --update-baseline", "leave it out, or add that"


def _about_trust(options: Options) -> Iterator[tuple[str, str, str]]:
    if options.ca and options.insecure:
        yield "--ca", "is given beside --insecure", "leave one of them out"
    if options.token_url and options.token_command:
        yield "--token-url", "is given beside --token-command", "leave one of them out"
    if options.token_url and not (options.client_id and options.client_secret):
        yield "--token-url", "needs a client", "give --client-id and MOCKSERVER_CLIENT_SECRET"


def _can_get_other(options: Options) -> bool:
    """Whether the other tenant's token can be had without being given."""
    by_command = options.token_command is not None and "{tenant}" in options.token_command
    minted = options.token is None and options.token_url is None and (options.chosen.local or options.chosen.in_process)
    return options.other_token is None and (by_command or minted)


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
