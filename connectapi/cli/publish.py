"""`connectapi content publish DIRECTORY`."""

from __future__ import annotations

from typing import Any

import click

from connectapi.cli.commands import json_option
from connectapi.cli.output import print_json
from connectapi.resources import default_catalog

__all__ = ["publish"]


@click.command("publish", short_help="Publish a directory, and print where it is.")
@click.argument("directory", type=click.Path(exists=True))
@click.option("--title", help="The title that people see.")
@click.option("--name", help="The unique name among your content; given again, it publishes there anew.")
@click.option("--guid", help="The content to publish to, instead of new content.")
@click.option("--primary", help="The page to begin with, if it is not index.html.")
@click.option("--exclude", multiple=True, help="A pattern of file names to leave out. Repeatable.")
@click.option("--timeout", type=float, default=600.0, show_default=True, help="The longest wait, in seconds.")
@json_option
@click.pass_context
def publish(ctx: click.Context, /, directory: str, *, as_json: bool, **options: Any) -> None:
    """Publish DIRECTORY as a static site, or as what its manifest.json says, and print where it is.

    The deployment's log goes to stderr, line by line as it comes.
    """
    client = ctx.obj.client()
    content: Any = default_catalog().record("Content")
    try:
        made = content.publish(client, directory, on_line=lambda line: click.echo(line, err=True), **options)
    except ValueError as error:
        raise click.UsageError(str(error), ctx) from None
    if as_json:
        print_json(made)
    else:
        click.echo(made.content_url)
