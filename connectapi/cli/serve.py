"""`connectapi serve`: the embedded server, for a person or for one command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import Any

import click

from connectapi.errors import ConfigError

__all__ = ["serve"]


@click.command("serve", context_settings={"ignore_unknown_options": True})
@click.option("--port", type=click.IntRange(0, 65535), default=3939, show_default=True, help="0 for any that is free.")
@click.option("--data", type=click.Path(file_okay=False), help="A folder that keeps the state over restarts.")
@click.option("--version", "release", default=None, metavar="RELEASE", help="The Connect release to answer as.")
@click.option("--empty", is_flag=True, help="Begin with an administrator and nothing else.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def serve(
    ctx: click.Context, /, port: int, data: str | None, release: str | None, *, empty: bool, command: tuple[str, ...]
) -> None:
    """Run an embedded Connect server on this machine, until Ctrl-C.

    With a COMMAND, run that with CONNECT_SERVER and CONNECT_API_KEY set to a fresh server at any free
    port, and end with its exit code: connectapi serve --empty -- pytest tests
    """
    options: dict[str, Any] = {"data": data, "sample": not empty, "port": 0 if command else port}
    if release is not None:
        options["version"] = release
    with _server(options) as server:
        if command:
            ctx.exit(_run(command, server))
        click.echo(f"export CONNECT_SERVER={server.url}")
        click.echo(f"export CONNECT_API_KEY={server.api_key}")
        click.echo(f"listening at {server.url}; Ctrl-C ends it", err=True)
        _wait()


def _server(options: dict[str, Any]) -> Any:
    try:
        from connectapi.testing import ConnectServer

        return ConnectServer(**options)
    except ModuleNotFoundError as error:
        msg = "the embedded server needs werkzeug: pip install 'connectapi[server]'"
        raise ConfigError(msg) from error


def _run(command: tuple[str, ...], server: Any) -> int:
    environment = {**os.environ, "CONNECT_SERVER": server.url, "CONNECT_API_KEY": server.api_key}
    try:
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 -- the caller's own
    except OSError as error:
        click.echo(f"error: can't run {command[0]!r}: {error.strerror}", err=True)
        return 127


def _wait() -> None:
    """Wait for Ctrl-C or for a request to end, as service managers send it."""
    ended = threading.Event()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: ended.set())
    sys.stdout.flush()
    try:
        ended.wait()
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
