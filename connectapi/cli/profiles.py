"""`connectapi profiles list`, `add` and `remove`: servers that are kept by name, each with what opens it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click
from attrs import frozen

from connectapi.errors import ConfigError, did_you_mean
from connectapi.types import Secret

if TYPE_CHECKING:
    from connectapi.profiles.profile import Profile

__all__ = ["profiles"]

_WHERE = {"file": "a file that only you can read", "keyring": "the system's keyring", "rsconnect": "rsconnect's file"}


@click.group("profiles", short_help="Servers that are kept by name, each with its key.")
def profiles() -> None:
    """Keep servers by name, each with what opens it.

    What `rsconnect add` saved is there too. A profile is used with `connectapi --profile NAME`,
    `Client(profile="NAME")` or CONNECT_PROFILE.
    """


@frozen
class _Row:
    name: str
    server: str
    key: str
    notes: tuple[str, ...] = ()


@profiles.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.pass_context
def list_profiles(ctx: click.Context, /, *, as_json: bool) -> None:
    """List all profiles, and where their keys are."""
    from connectapi.profiles import own, rsconnect

    rows = [_row(name, is_own=True) for name in own.names()]
    problem = None
    try:
        rows += [_row(name, is_own=False) for name in rsconnect.names()]
    except ConfigError as error:
        problem = error
    if as_json:
        shown = [{"name": row.name, "server": row.server, "key": row.key, "notes": row.notes} for row in rows]
        click.echo(json.dumps(shown, indent=2))
    else:
        _print(rows)
    if problem is not None:
        click.echo(f"error: {problem}", err=True)
        ctx.exit(1)


@profiles.command("add")
@click.argument("name")
@click.option("--server", metavar="URL", help="The server's URL.")
@click.option("--ca-certificate", type=click.Path(exists=True, resolve_path=True), help="Whom to trust: a PEM file.")
@click.option("--insecure", is_flag=True, help="Not to check the server's certificate.")
@click.option("--snowflake-connection", metavar="NAME", help="For a server that Snowflake hosts.")
@click.option("--no-key", is_flag=True, help="Keep no API key: you sign in to this server.")
@click.option("--no-check", is_flag=True, help="Not to ask the server whether the key is good.")
@click.pass_context
def add(
    ctx: click.Context,
    /,
    name: str,
    server: str | None,
    ca_certificate: str | None,
    snowflake_connection: str | None,
    *,
    insecure: bool,
    no_key: bool,
    no_check: bool,
) -> None:
    """Keep a server and an API key as NAME, in the place of what had that name.

    The key is asked for, or read from stdin if that is no terminal. The server is asked whose it is
    before anything is kept.
    """
    from connectapi.http.address import Address
    from connectapi.profiles import own
    from connectapi.profiles.profile import Profile

    own.check_name(name)
    server = server or ctx.obj.server
    if not server:
        raise click.UsageError(f"no server given: connectapi profiles add {name} --server https://…", ctx)
    if ctx.obj.api_key:
        raise click.UsageError("a key on the command line is seen by others: give it when asked, or on stdin", ctx)
    profile = Profile(
        name=name,
        server=Address.parse(server).server,
        place="file",
        api_key=None if no_key else _asked(server),
        ca_certificate=ca_certificate,
        insecure=insecure,
        snowflake_connection=snowflake_connection,
    )
    who = f" for {_checked(profile)}" if profile.api_key is not None and not no_check else ""
    kept = own.save(profile)
    where = f"; the key is in {_WHERE[kept.place]}" if kept.api_key is not None else ""
    click.echo(f"Kept {name}: {kept.server}{who}{where}.")


@profiles.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Forget the profile NAME and its key."""
    from connectapi.profiles import lookup, own

    if own.remove(name):
        click.echo(f"Forgot {name}.")
    elif name in lookup.known():
        raise ConfigError(f"{name!r} is rsconnect's, whose file is only read here: rsconnect remove --name {name}")
    else:
        raise ConfigError(f"no profile is called {name!r}{did_you_mean(name, own.names())}")


def _asked(server: str) -> Secret:
    if sys.stdin.isatty():
        return Secret(click.prompt(f"API key for {server}", hide_input=True, err=True))
    key = Secret(sys.stdin.read().strip())
    if not key.reveal():
        raise ConfigError("no API key on stdin; run it in a terminal to be asked for one")
    return key


def _checked(profile: Profile) -> str:
    """Ask the server whose key it is.

    Raises:
        ConnectError: it is nobody's, or the server can't be asked.
    """
    from connectapi.client.client import Client
    from connectapi.client.snowflake import SnowflakeHosted
    from connectapi.resources import default_catalog

    user: Any = default_catalog().record("User")
    with Client(
        profile.server,
        profile.api_key,
        ca_certificate=profile.ca_certificate,
        insecure=profile.insecure,
        plugins=[SnowflakeHosted(profile.snowflake_connection)] if profile.snowflake_connection else [],
    ) as client:
        me = user.whoami(client)
    return f"{me.username} ({me.user_role})"


def _row(name: str, *, is_own: bool) -> _Row:
    from connectapi.profiles import own, rsconnect

    try:
        found = own.load(name, with_key=False) if is_own else rsconnect.load(name)
    except ConfigError as error:
        return _Row(name, "", "", (str(error),))
    if found is None:  # removed meanwhile
        return _Row(name, "", "")
    has_key = found.place == "keyring" or found.api_key is not None
    notes = ["certificate not checked"] if found.insecure else []
    notes += [f"through Snowflake's {found.snowflake_connection}"] if found.snowflake_connection else []
    notes += ["hidden by ours"] if not is_own and name in own.names() else []
    return _Row(name, found.server, found.place if has_key else "none", tuple(notes))


def _print(rows: list[_Row]) -> None:
    from rich.table import Table
    from rich.text import Text

    from connectapi.cli.output import console

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "server", "key", "notes"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, (row.name, row.server, row.key, "; ".join(row.notes))))
    console().print(table)
