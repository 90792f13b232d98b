"""The command ``mockserver``: its group, and every command of it."""

from __future__ import annotations

import click

from mockserver.commands.check import check
from mockserver.commands.ctl import ctl
from mockserver.commands.diff import diff
from mockserver.commands.explain import explain
from mockserver.commands.infer import infer
from mockserver.commands.publish import publish
from mockserver.commands.routes import routes
from mockserver.commands.schemas import schemas
from mockserver.commands.seed import seed
from mockserver.commands.serve import serve
from mockserver.commands.token import token
from mockserver.commands.validate import validate


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="mockserver")
def main() -> None:
    """Turn an OpenAPI document into a stateful mock server, and check servers against it.

    Without a document of your own, the Certifications API that comes with it is used.

    \b
    Examples:
      mockserver serve                        the Certifications API on http://127.0.0.1:8080
      mockserver serve petstore.yaml          any other API
      mockserver token --tenant acme          an access token for the mock
      mockserver routes                       every operation and what it means
      mockserver ctl reset                    back to the initial data
      mockserver check --target URL           does this server keep its contract?
    """


for command in (serve, ctl, routes, infer, explain, token, seed, validate, publish, schemas, check, diff):
    main.add_command(command)
