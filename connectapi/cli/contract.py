"""`connectapi contract`: the declarations against an OpenAPI document, and drafts of what they lack."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from connectapi.contract.document import Server
    from connectapi.contract.report import Report

__all__ = ["contract"]

document_argument = click.argument("document", metavar="[FILE|URL]", default="")


@click.group("contract", short_help="Hold the declared resources against an OpenAPI document.")
def contract() -> None:
    """Hold what is declared against what a server says it has."""


@contract.command("check")
@document_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.pass_context
def check(ctx: click.Context, /, document: str, *, as_json: bool) -> None:
    """Hold all declarations, plugins' too, against the OpenAPI document in FILE or at URL.

    Without one, against the document that the server publishes. What differs is listed: first what
    nobody has explained, then what is meant, with its reason. Exit code 1 if something is unexplained.
    The API key is sent to your own server only, wherever the URL leads.
    """
    from connectapi.contract.document import read_document
    from connectapi.contract.report import checked
    from connectapi.resources import default_catalog

    name, data = read_document(document, _server(ctx, document))
    report = checked(default_catalog().index, data, name)
    if as_json:
        # In ASCII: what stands in a document can't move the cursor.
        click.echo(json.dumps(report.data(), indent=2))
    else:
        _print(report)
    ctx.exit(1 if report.drifted else 0)


@contract.command("draft")
@document_argument
@click.option("--tag", required=True, help="The tag whose operations to draft, as the document has it.")
@click.option("--to", type=click.Path(dir_okay=False), help="A new file to write to, instead of standard output.")
@click.pass_context
def draft(ctx: click.Context, /, document: str, *, tag: str, to: str | None) -> None:
    """Write a first resource file for those operations of a tag that nothing declares.

    It loads as it is. What a document can't tell is left to you: its first lines say what.
    """
    from connectapi.contract.document import read_document
    from connectapi.contract.draft import drafted
    from connectapi.resources import default_catalog

    name, data = read_document(document, _server(ctx, document))
    text = drafted(data, default_catalog().index, tag, name)
    if not text:
        click.echo(f"nothing to draft: every operation under {_printable(tag)!r} is declared", err=True)
    elif to is None:
        click.echo(text, nl=False)
    else:
        _write(ctx, Path(to), text)


def _server(ctx: click.Context, document: str) -> Server | None:
    """Return the configured server; with a document at hand, it may be that there is none."""
    from connectapi.contract.document import Server
    from connectapi.errors import ConfigError

    if document and "://" not in document:
        return None
    try:
        client = ctx.obj.client()
    except ConfigError:
        if not document:
            raise
        return None
    return Server(client._address, client._shared.auth)


def _write(ctx: click.Context, file: Path, text: str) -> None:
    try:
        # A draft is there to be worked on: one that is there already may hold somebody's work.
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    except FileExistsError:
        raise click.UsageError(f"{file} is there already: remove it, or name another file", ctx) from None
    except OSError as error:
        raise click.UsageError(f"{file}: can't be written: {error.strerror}", ctx) from None
    click.echo(f"{file}: a draft; its first lines say what is left to do", err=True)


# The table ---------------------------------------------------------------------------------


def _print(report: Report) -> None:
    click.echo(f"operations declared: {report.declared}/{report.operations} of {_printable(report.document)}")
    columns = ("operation", "place", "what", "declared", "contract")
    rows = [(e.operation, e.place, e.kind, e.declared, e.contract) for e in report.unexplained]
    _section(f"unexplained differences: {len(rows)}", columns, rows)
    meant = [(e.operation, e.place or e.kind, e.reason) for e in report.deliberate]
    _section(f"deliberate differences: {len(meant)}", ("operation", "place", "reason"), meant)
    stale = [(e.operation, e.place or e.schema, e.reason) for e in report.stale]
    _section(f"reasons for what is no difference any more: {len(stale)}", ("operation", "place", "reason"), stale)


def _section(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    from connectapi.cli.output import console

    click.echo(f"\n{title}")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_printable(each)) for each in row))
    if table.row_count:
        console().print(table)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
