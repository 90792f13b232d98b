"""The command ``mockserver token``: a token that any mock of this user takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from mockserver.auth.authenticator import DEVELOPER, mint
from mockserver.auth.claims import Person, claims_of_machine, claims_of_person
from mockserver.commands.options import document_options, settings_for, tells_problems


@click.command()
@click.option("--tenant", required=True, help="Tenant the token is for.")
@click.option("--subject", help=f"Subject, recorded as author of changes. [default: {DEVELOPER}]")
@click.option("--contact", metavar="ID", help="Issue it to the person with this id, as if they had logged in.")
@click.option("--machine", metavar="CLIENT", help="Issue it to a machine with this client id.")
@click.option(
    "--expires-in",
    default=86_400,
    show_default=True,
    type=int,
    metavar="S",
    help="Lifetime in seconds; negative for an expired token.",
)
@click.option("--scope", help="Space-separated scopes.")
@click.option("--algorithm", type=click.Choice(["HS256", "RS256"]), default="HS256", show_default=True)
@document_options
@tells_problems
def token(
    *,
    spec: tuple[str, ...],
    overlays: tuple[Path, ...],
    tenant: str,
    subject: str | None,
    contact: str | None,
    machine: str | None,
    expires_in: int,
    scope: str | None,
    algorithm: str,
) -> None:
    """Print an access token that any mock server on this machine accepts.

    \b
    Examples:
      mockserver token --tenant acme
      curl -H "Authorization: Bearer $(mockserver token --tenant acme)" http://127.0.0.1:8080/certifications/acme
      mockserver token --tenant acme --contact contact-ada   issued to a person
      mockserver token --tenant acme --expires-in -60        already expired
    """
    if not tenant:
        raise click.BadParameter("must not be empty", param_hint="--tenant")
    if sum(one is not None for one in (subject, contact, machine)) > 1:
        raise click.UsageError("--subject, --contact and --machine exclude each other")
    from mockserver.auth.signing_keys import Keys
    from mockserver.world import contract_of

    settings = settings_for(spec, overlays=overlays)
    security = contract_of(settings).security
    claims = None
    if contact is not None:
        claims = claims_of_person(security, tenant, Person(contact, {}))
    elif machine is not None:
        claims = claims_of_machine(security, tenant, machine)
    keys = Keys(settings.secret, settings.key_file)
    minted = mint(
        keys,
        security,
        tenant=tenant,
        now=datetime.now(UTC),
        subject=subject or DEVELOPER,
        claims=claims,
        expires_in=timedelta(seconds=expires_in),
        scope=scope,
        algorithm=algorithm,
    )
    click.echo(minted)
