"""`connectapi login`, `logout` and `whoami`."""

from __future__ import annotations

import os
from typing import Any

import click

__all__ = ["login", "logout", "whoami"]


def _server(ctx: click.Context, server: str | None) -> str:
    given = server or ctx.obj.server
    if not given and ctx.obj.profile:
        from connectapi.profiles.lookup import find

        given = find(ctx.obj.profile).server
    given = given or os.environ.get("CONNECT_SERVER")
    if not given:
        raise click.UsageError(
            "no server given: connectapi login https://connect.example.com, or set CONNECT_SERVER", ctx
        )
    return str(given)


@click.command("login", short_help="Sign in to a server, without an API key.")
@click.argument("server", required=False)
@click.option("--device", is_flag=True, help="Show a code, to sign in on another screen.")
@click.option("--no-browser", is_flag=True, help="Print the page's address instead of opening it.")
@click.option("--id-token-file", type=click.Path(dir_okay=False), help="A file with a CI's identity token to exchange.")
@click.option(
    "--ci", is_flag=True, help="The same, with CONNECT_IDENTITY_TOKEN_FILE, CONNECT_IDENTITY_TOKEN or GitHub's."
)
@click.option("--timeout", type=float, default=300.0, show_default=True, help="How long there is time, in seconds.")
@click.option("--status", is_flag=True, help="Say who is signed in, and send nothing; exit code 1 if nobody is.")
@click.pass_context
def login(
    ctx: click.Context,
    /,
    server: str | None,
    id_token_file: str | None,
    timeout: float,
    *,
    device: bool,
    no_browser: bool,
    ci: bool,
    status: bool,
) -> None:
    """Sign in to SERVER, or to CONNECT_SERVER; later commands then call it as you, without an API key.

    It takes a server from 2026.06 on; for others make an API key, and set CONNECT_API_KEY. The tokens
    are kept in the system's keyring, else in a file that only you can read.

    \b
    Examples:
      connectapi login https://connect.example.com            sign in with a browser
      connectapi login https://connect.example.com --device   with a code, on another screen
      connectapi login https://connect.example.com --ci       as a job of a CI
      connectapi login https://connect.example.com --status   say who is signed in
    """  # noqa: D301 -- \b is click's word for keeping the lines
    from connectapi.signin.signing import sign_in, signed_in

    server = _server(ctx, server)
    if status:
        found = signed_in(server)
        if found is None:
            click.echo(f"Nobody is signed in to {server}.")
            ctx.exit(1)
        click.echo(_shown(found))
        return
    made = sign_in(
        server,
        device=device,
        open_browser=not no_browser,
        id_token_file=id_token_file,
        ci=ci,
        timeout=timeout,
        tell=_tell,
    )
    click.echo(_shown(made))
    if os.environ.get("CONNECT_API_KEY"):
        click.echo("CONNECT_API_KEY is set, and goes before the sign-in: unset it to call as who signed in.", err=True)


@click.command("logout", short_help="Sign out of a server.")
@click.argument("server", required=False)
@click.pass_context
def logout(ctx: click.Context, /, server: str | None) -> None:
    """Forget the sign-in to SERVER, or to CONNECT_SERVER, and have the server end it."""
    from connectapi.signin.signing import sign_out

    server = _server(ctx, server)
    click.echo(f"Signed out of {server}." if sign_out(server) else f"Nobody was signed in to {server}.")


@click.command("whoami", short_help="Say as whom the server knows you.")
@click.pass_context
def whoami(ctx: click.Context, /) -> None:
    """Ask the server as whom it knows you, with the API key or the sign-in that other commands use."""
    client = ctx.obj.client()
    me = client.users.whoami()
    how = "signed in" if client.connect_api_key is None else "by an API key"
    click.echo(f"{me.username} ({me.user_role}) at {client.connect_server}, {how}")


def _tell(prompt: Any) -> None:
    """Say which page to go to, and what else can be done where no browser is."""
    click.echo(prompt, err=True)
    if prompt.code is None and not prompt.opened:
        click.echo("If there is no browser on this machine, sign in with --device.", err=True)


def _shown(found: Any) -> str:
    """Return a sign-in in a line or two, in local time."""
    who = f" as {found.username}" if found.username else ""
    place = "the system's keyring" if found.place == "keyring" else "a file that only you can read"
    lines = [f"Signed in to {found.server}{who}; the tokens are in {place}."]
    if found.expires_at is not None and not found.renewable:
        lines.append(f"The access ends at {found.expires_at.astimezone():%Y-%m-%d %H:%M}.")
    return "\n".join(lines)
