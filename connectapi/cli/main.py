"""`connectapi`: one group of commands for each collection, made from its declaration when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from connectapi.cli.others import OTHERS, plugin_commands
from connectapi.errors import ConnectError, SeedError, SpecError, did_you_mean

if TYPE_CHECKING:
    from connectapi.spec.index import SpecIndex

__all__ = ["cli", "run"]


class Context:
    """What the options in front of the commands say."""

    def __init__(self, server: str | None, api_key: str | None, profile: str | None) -> None:
        self.server = server
        self.api_key = api_key
        self.profile = profile
        self._client: Any = None

    def server_url(self) -> str:
        """Return the URL of the server, where that alone is needed.

        Raises:
            ConfigError: there is none, or it can't be one.
        """
        from connectapi.http.address import Address

        return Address.parse(self.server or os.environ.get("CONNECT_SERVER")).server

    def client(self) -> Any:
        """Return the client, made when the first command needs it."""
        if self._client is None:
            from connectapi.client.client import Client

            self._client = Client(self.server, self.api_key, profile=self.profile)
        return self._client

    def close(self) -> None:
        """Close the client, if there is one."""
        if self._client is not None:
            self._client.close()


def _index() -> SpecIndex:
    from connectapi.resources import default_index

    return default_index()


class Collections(click.Group):
    """The groups of all collections; a group is built when one of its commands is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the collections, then of the other commands, plugins' last."""
        return [*(_dashed(name) for name in _index().collections()), *OTHERS, *plugin_commands().under("")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Build the group of a collection, or load another command."""
        if target := OTHERS.get(cmd_name):
            module, _, name = target.partition(":")
            found: click.Command = getattr(importlib.import_module(module), name)
            return found
        if added := plugin_commands().get("", cmd_name):
            return added
        resource = _index().collections().get(cmd_name.replace("-", "_"))
        if resource is None:
            return None
        from connectapi.cli.commands import Operations

        return Operations(_dashed(cmd_name), resource)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the names of the collections in columns: their sentences are a `--help` away."""
        names = [_dashed(name) for name in _index().collections()]
        with formatter.section("Collections"):
            formatter.write_text(", ".join(names))
        others = {name: self.get_command(ctx, name) for name in self.list_commands(ctx) if name not in names}
        with formatter.section("Other commands"):
            formatter.write_dl([(name, each.get_short_help_str(80)) for name, each in others.items() if each])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a collection, and offer the nearest where there is none of that name."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and self.get_command(ctx, name) is None:
            ctx.fail(f"no collection is called {name!r}{did_you_mean(name, self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


def _dashed(name: str) -> str:
    return name.replace("_", "-")


@click.group(cls=Collections, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--server", metavar="URL", help="The server; 'demo' runs an embedded one. Else CONNECT_SERVER.")
@click.option("--api-key", metavar="KEY", help="Your API key; better: the environment's CONNECT_API_KEY.")
@click.option("--profile", metavar="NAME", help="A server that is kept by name, with its key. Else CONNECT_PROFILE.")
@click.version_option(package_name="connectapi", message="%(version)s")
@click.pass_context
def cli(ctx: click.Context, server: str | None, api_key: str | None, profile: str | None) -> None:
    """Automate a Posit Connect server: connectapi COLLECTION COMMAND."""
    ctx.obj = Context(server, api_key, profile)
    ctx.call_on_close(ctx.obj.close)


def run() -> None:
    """Run the command line, and end the process with its exit code: 1 for an error, 2 for wrong usage."""
    try:
        code = cli.main(prog_name="connectapi", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except ConnectError as error:
        # The faults of a file are a list, one a line; of any other error the first line says what it is.
        text = str(error) if isinstance(error, (SpecError, SeedError)) else str(error).split("\n", 1)[0]
        click.echo(f"error: {text}", err=True)
        code = 1
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does: no reason to complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    run()
