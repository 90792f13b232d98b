"""The command ``mockserver token``: a token that any mock of this user takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from mockserver.auth.authenticator import mint
from mockserver.commands.options import settings_for, tells_problems


@click.command()
@click.option("--tenant", required=True, help="The tenant that the token is for.")
@click.option("--subject", default="auth0|developer", show_default=True, help="Who writes are stamped with.")
@click.option(
    "--expires-in", default=86_400, show_default=True, type=int, metavar="S", help="Seconds; may be negative."
)
@click.option("--scope", help="Space-separated scopes to put into the token.")
@click.option("--algorithm", type=click.Choice(["HS256", "RS256"]), default="HS256", show_default=True)
@click.option("--spec", metavar="PATH|URL", help="Another document. [default: the Certifications API]")
@tells_problems
def token(*, spec: str | None, tenant: str, subject: str, expires_in: int, scope: str | None, algorithm: str) -> None:
    """Print a token, and nothing else, that any mock of this user takes.

    \b
    Examples:
      mockserver token --tenant acme
      curl -H "Authorization: Bearer $(mockserver token --tenant acme)" http://127.0.0.1:8080/certifications/acme
      mockserver token --tenant acme --expires-in -60        to see an expired one refused
    """
    from mockserver.auth.keys import Keys
    from mockserver.world import contract_of

    settings = settings_for(spec)
    security = contract_of(settings).security
    keys = Keys(settings.secret, settings.key_file)
    minted = mint(
        keys,
        security,
        tenant=tenant,
        now=datetime.now(UTC),
        subject=subject,
        expires_in=timedelta(seconds=expires_in),
        scope=scope,
        algorithm=algorithm,
    )
    click.echo(minted)
