"""What the command line asked for, judged before anything is sent."""

from __future__ import annotations

import ipaddress
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from mockserver.conformance.profiles import PROFILES, Profile
from mockserver.errors import Problem, SetupError
from mockserver.settings import data_folder, state_folder

MOCK = "mock"
COMMAND_TIME = 60
"""Seconds that a token command may take."""


@dataclass(frozen=True, slots=True)
class Options:
    """One call of ``mockserver check``. Times in seconds.

    ``groups`` are the resources to check (none: all), ``checks`` folders of a user's own checks, ``whole``
    leaves nothing out that a profile would only sample, ``fuzzed``
    lets Schemathesis come after the checks, ``token_command`` may hold ``{tenant}``.
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
    max_time: float | None = None
    rate: float | None = None
    report: Path | None = None
    baseline: Path | None = None
    sweep: bool = False
    checks: tuple[Path, ...] = ()
    allow_hosts: tuple[str, ...] = ()
    redact: tuple[str, ...] = ()
    spec: Path = field(default_factory=lambda: data_folder("spec") / "openapi.json")
    state: Path = field(default_factory=lambda: state_folder() / "check")

    @property
    def chosen(self) -> Profile:
        return PROFILES[self.profile]

    @property
    def host(self) -> str:
        return urlsplit(self.target).hostname or ""

    def tokens(self) -> tuple[str | None, str | None]:
        """The tokens of the tenant and of the other one. Raises SetupError when the command gives none."""
        own, other = self.token, self.other_token
        if self.token_command:
            own = own or _token_of(self.token_command, self.tenant)
            if "{tenant}" in self.token_command and self.other_tenant:
                other = other or _token_of(self.token_command, self.other_tenant)
        return own, other


def judge(options: Options) -> None:
    """Raises SetupError listing all that is missing or not allowed."""
    if problems := [Problem("options", pointer, problem, remedy) for pointer, problem, remedy in _problems(options)]:
        raise SetupError(problems)


def _problems(options: Options) -> Iterator[tuple[str, str, str]]:
    profile = options.chosen
    if profile.in_process != (options.target == MOCK):
        remedy = "use --target mock" if profile.in_process else "name a URL, such as http://127.0.0.1:8080"
        yield "--target", f"the profile {profile.name} does not go with {options.target!r}", remedy
    elif not profile.in_process and not (urlsplit(options.target).scheme in ("http", "https") and options.host):
        yield "--target", f"{options.target!r} is no http or https URL", "name one, such as http://127.0.0.1:8080"
    elif not profile.in_process:
        yield from _about_hosts(options, profile)
    if options.sweep and not profile.ledger:
        yield "--sweep", f"the profile {profile.name} leaves nothing to sweep", "use --profile staging-write"
    for name, value in (("--max-time", options.max_time), ("--rate", options.rate)):
        if value is not None and value <= 0:
            yield name, f"{value:g} is not above 0", "give a positive number"
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
    if not profile.local:
        if options.tenant is None:
            yield "--tenant", "no tenant is named", "name the tenant, one that is set aside for tests if they write"
        if options.token is None and options.token_command is None:
            yield "--token", "no token is given", "give --token (or MOCKSERVER_TOKEN), or --token-command"


def _can_get_other(options: Options) -> bool:
    """Whether the other tenant's token can be had without being given."""
    by_command = options.token_command is not None and "{tenant}" in options.token_command
    minted = options.token is None and (options.chosen.local or options.chosen.in_process)
    return options.other_token is None and (by_command or minted)


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _token_of(command: str, tenant: str | None) -> str:
    """What ``command`` prints. Its output is never shown: it may hold the token."""
    told = command.replace("{tenant}", tenant or "")
    try:
        done = subprocess.run(told, shell=True, capture_output=True, text=True, timeout=COMMAND_TIME, check=False)  # noqa: S602 -- the user's own command line
    except subprocess.TimeoutExpired:
        problem = f"took longer than {COMMAND_TIME} seconds"
        raise SetupError([Problem("options", "--token-command", problem, "run it by hand to see why")]) from None
    token = done.stdout.strip()
    if done.returncode or not token or len(token.split()) != 1:
        problem = f"ended with {done.returncode} and {'no' if not token else 'more than one'} word on its output"
        problem = problem if not done.returncode else f"ended with {done.returncode}"
        raise SetupError([Problem("options", "--token-command", problem, "let it print the token and nothing else")])
    return token
