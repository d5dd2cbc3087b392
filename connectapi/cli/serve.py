"""`connectapi serve`: the embedded server, for a person or for one command."""

from __future__ import annotations

import ipaddress
import json
import os
import sys
import time
from typing import Any

import click

from connectapi.cli.process import CANNOT_RUN, GLANCE, NOT_FOUND, ending_as_by_ctrl_c, run_process

__all__ = ["serve"]


# What follows the first word of COMMAND is COMMAND's own, also where it looks like an option of ours.
@click.command("serve", context_settings={"allow_interspersed_args": False})
@click.option("--port", type=click.IntRange(0, 65535), help="0 for any that is free.  [default: 3939; with COMMAND: 0]")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--data", type=click.Path(), metavar="DIR", help="A folder that keeps the state over restarts.")
@click.option("--version", "release", default=None, metavar="RELEASE", help="The Connect release to answer as.")
@click.option("--empty", is_flag=True, help="Begin with an administrator and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Print URL, key and so on as JSON, on one line.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def serve(
    ctx: click.Context,
    /,
    port: int | None,
    host: str,
    data: str | None,
    release: str | None,
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
      connectapi serve --version 2024.05.0          a server that knows nothing newer
      connectapi serve --empty -- pytest tests      run the tests against a fresh server
      connectapi serve -- connectapi content list   run any other command
    """  # noqa: D301 -- \b is click's word for keeping the lines
    if port is None:
        port = 0 if command else 3939
    options: dict[str, Any] = {"port": port, "host": host, "data": data, "sample": not empty}
    if release is not None:
        options["version"] = release
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
    dashboard = f"{server.url}/connect/"
    if as_json:
        told = {"connect_server": server.url, "connect_api_key": server.api_key, "dashboard": dashboard}
        click.echo(json.dumps({**told, "version": server.version, "data": data, "pid": os.getpid()}))
    else:
        click.echo(f"export CONNECT_SERVER={server.url}")
        click.echo(f"export CONNECT_API_KEY={server.api_key}")
    click.echo(f"Connect {server.version} listens at {server.url}; Ctrl-C ends it", err=True)
    click.echo(f"Dashboard: {dashboard} (sign in with the key)", err=True)
    click.echo(f"State: {data}" if data else "State: gone when it ends; --data DIR keeps it", err=True)
    sys.stdout.flush()


def _run(command: tuple[str, ...], server: Any) -> int:
    environment = {**os.environ, "CONNECT_SERVER": server.url, "CONNECT_API_KEY": server.api_key}
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
