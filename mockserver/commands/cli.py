"""The command ``mockserver``: its group, and every command of it."""

from __future__ import annotations

import click

from mockserver.commands.check import check
from mockserver.commands.explain import explain
from mockserver.commands.infer import infer
from mockserver.commands.publish import publish
from mockserver.commands.routes import routes
from mockserver.commands.seed import seed
from mockserver.commands.serve import serve
from mockserver.commands.token import token
from mockserver.commands.validate import validate


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="mockserver")
def main() -> None:
    """A stateful mock of the Rhythm Certifications API, driven by its OpenAPI document.

    \b
    Examples:
      mockserver serve                             a fake backend on http://127.0.0.1:8080
      mockserver token --tenant acme               a token for it
      mockserver routes                            what it answers, and what that means
    """


for command in (serve, routes, infer, explain, token, seed, validate, publish, check):
    main.add_command(command)
