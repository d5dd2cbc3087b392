"""`connectapi serve`: the embedded server, for a person or for one command."""

from __future__ import annotations

import ipaddress
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, Final

import click

from connectapi.cli.process import CANNOT_RUN, GLANCE, NOT_FOUND, ending_as_by_ctrl_c, run_process
from connectapi.errors import ConfigError

__all__ = ["serve"]

#: The variable from which the official command line takes the key, too.
_BOOTSTRAP: Final = "CONNECT_BOOTSTRAP_SECRETKEY"


# What follows the first word of COMMAND is COMMAND's own, also where it looks like an option of ours.
@click.command("serve", context_settings={"allow_interspersed_args": False})
@click.option("--port", type=click.IntRange(0, 65535), help="0 for any that is free.  [default: 3939; with COMMAND: 0]")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--data", type=click.Path(), metavar="DIR", help="A folder that keeps the state over restarts.")
@click.option("--version", "release", default=None, metavar="RELEASE", help="The Connect release to answer as.")
@click.option("--repositories", type=click.Path(), metavar="DIR", help="Git repositories that content may come from.")
@click.option("--seed", type=click.Path(dir_okay=False), help="A YAML file of what a new server has in it.")
@click.option("--empty", is_flag=True, help="Begin with an administrator and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Print URL, key and so on as JSON, on one line.")
@click.option(
    "--bootstrap-keyfile",
    type=click.Path(exists=True, dir_okay=False),
    help=f"Begin without any user; the first is made with the base64 key in this file, or in {_BOOTSTRAP}.",
)
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def serve(
    ctx: click.Context,
    /,
    port: int | None,
    host: str,
    data: str | None,
    release: str | None,
    bootstrap_keyfile: str | None,
    repositories: str | None,
    seed: str | None,
    *,
    empty: bool,
    as_json: bool,
    command: tuple[str, ...],
) -> None:
    """Run an embedded Connect server on this machine, until Ctrl-C.

    With a COMMAND, run that with CONNECT_SERVER and CONNECT_API_KEY set to the server, at any free
    port, and end with its exit code.

    \b
    Examples:
      connectapi serve                              a server with a sample, at port 3939
      connectapi serve --data ~/connect             the same, and next time as it was left
      connectapi serve --seed team.yaml             a server with what the file says
      connectapi serve --version 2024.05.0          a server that knows nothing newer
      connectapi serve --empty -- pytest tests      run the tests against a fresh server
      connectapi serve -- connectapi content list   run any other command
    """  # noqa: D301 -- \b is click's word for keeping the lines
    if port is None:
        port = 0 if command else 3939
    options: dict[str, Any] = {"port": port, "host": host, "data": data, "seed": seed}
    options.update({name: value for name, value in (("version", release), ("repositories", repositories)) if value})
    if empty:
        options["sample"] = False
    if (secret := _bootstrap_secret(bootstrap_keyfile)) is not None:
        options["bootstrap_secret"] = secret
    if not _is_loopback(host):
        warning = f"warning: at {host} any machine that reaches this one can call the server, and without encryption"
        click.echo(warning, err=True)
    with ending_as_by_ctrl_c(), _server(options) as server:
        if command:
            ctx.exit(_run(command, server))
        try:  # whoever reads where the server is may end it at once
            _tell(server, data, as_json=as_json)
            while True:
                time.sleep(GLANCE)
        except KeyboardInterrupt:
            click.echo("stopped", err=True)


def _server(options: dict[str, Any]) -> Any:
    from connectapi.testing.installed import installed_server

    return installed_server("the embedded server", **options)


def _tell(server: Any, data: str | None, *, as_json: bool) -> None:
    """Print what a person, or a program, needs to use the server: the settings alone go to stdout."""
    key = _api_key(server)
    dashboard = f"{server.url}/connect/"
    if as_json:
        told = {"connect_server": server.url, "connect_api_key": key, "dashboard": dashboard}
        click.echo(json.dumps({**told, "version": server.version, "data": data, "pid": os.getpid()}))
    else:
        click.echo(f"export CONNECT_SERVER={server.url}")
        if key is not None:
            click.echo(f"export CONNECT_API_KEY={key}")
    click.echo(f"Connect {server.version} listens at {server.url}; Ctrl-C ends it", err=True)
    if key is None:
        click.echo("There is no user yet: make the first with its key, such as by rsconnect bootstrap", err=True)
    click.echo(f"Dashboard: {dashboard} (sign in with the key)", err=True)
    click.echo(f"State: {data}" if data else "State: gone when it ends; --data DIR keeps it", err=True)
    sys.stdout.flush()


def _bootstrap_secret(keyfile: str | None) -> str | None:
    if keyfile is None:
        return os.environ.get(_BOOTSTRAP)
    try:
        return Path(keyfile).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{keyfile}: can't be read as base64 text: {type(error).__name__}"
        raise ConfigError(msg) from None


def _api_key(server: Any) -> str | None:
    """Return an administrator's key; None while there is no user to have one."""
    try:
        key: str = server.api_key
    except RuntimeError:
        return None
    return key


def _run(command: tuple[str, ...], server: Any) -> int:
    environment = {**os.environ, "CONNECT_SERVER": server.url}
    environment.pop("CONNECT_API_KEY", None)  # that of another server
    if (key := _api_key(server)) is not None:
        environment["CONNECT_API_KEY"] = key
    try:
        return run_process(command, environment)
    except FileNotFoundError:
        click.echo(f"error: can't run {command[0]!r}: there is no such command", err=True)
        return NOT_FOUND
    except (OSError, ValueError) as error:
        click.echo(f"error: can't run {command[0]!r}: {getattr(error, 'strerror', None) or error}", err=True)
        return CANNOT_RUN


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
