"""`connectapi bootstrap administrator`."""

from __future__ import annotations

import json

import click

__all__ = ["administrator"]


@click.command("administrator", short_help="Make the first administrator, and print an API key of theirs.")
@click.option(
    "--secret-file",
    type=click.Path(exists=True, dir_okay=False),
    help="A file with the server's bootstrap secret. Else CONNECT_BOOTSTRAP_SECRETKEY.",
)
@click.option("--ca-certificate", type=click.Path(exists=True, resolve_path=True), help="Whom to trust: a PEM file.")
@click.option("--insecure", is_flag=True, help="Not to check the server's certificate.")
@click.option("--keep", metavar="NAME", help="Keep the key as the profile NAME, instead of printing it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def administrator(
    ctx: click.Context,
    /,
    secret_file: str | None,
    ca_certificate: str | None,
    keep: str | None,
    *,
    insecure: bool,
    as_json: bool,
) -> None:
    """Make the first administrator of a server that has no users yet, and print an API key of theirs.

    The server must have been started with CONNECT_BOOTSTRAP_ENABLED=true and a secret in
    CONNECT_BOOTSTRAP_SECRETKEY. The secret is not sent: it signs a token that is good for 15 minutes.
    """
    from connectapi.client.bootstrap import bootstrap
    from connectapi.profiles import own
    from connectapi.profiles.profile import Profile

    if ctx.obj.profile:
        raise click.UsageError("a server without users has no profile yet: give --server", ctx)
    if keep is not None:
        own.check_name(keep)
    server = ctx.obj.server_url()
    key = bootstrap(server, secret_file=secret_file, ca_certificate=ca_certificate, insecure=insecure)
    if keep is not None:
        profile = Profile(
            name=keep, server=server, place="file", api_key=key, ca_certificate=ca_certificate, insecure=insecure
        )
        own.save(profile)
        click.echo(f"Kept {keep}: {server}, as its first administrator.")
    else:
        click.echo(json.dumps({"api_key": key.reveal()}) if as_json else key.reveal())
