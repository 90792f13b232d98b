"""The command ``mockserver``: its group, and every command of it."""

from __future__ import annotations

import gc
from importlib import import_module

import click

COMMANDS = (
    "serve", "ctl", "routes", "infer", "explain", "store", "token", "seed", "validate", "publish", "schemas", "check",
    "diff",
)  # fmt: skip
"""Each is a function of the module that is called as it, in the order in which help lists them."""


class Commands(click.Group):
    """Commands that are imported when they are asked for: a version or one command needs nothing of the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- the same
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"mockserver.commands.{cmd_name}"), cmd_name)
        if not gc.isenabled():  # where the process has just begun
            gc.freeze()
            gc.enable()
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's own, which knows no command that is like one."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from mockserver.values.suggestions import meant  # PERF: whoever spells it right needs none

            ctx.fail(f"No such command '{args[0][:80]}'; {meant(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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
      mockserver check --target URL --profile http
                                              does this server keep its contract?
    """
