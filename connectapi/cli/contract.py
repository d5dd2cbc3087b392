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


package_option = click.option("--package", metavar="NAME", help="A plugin: just what it declares, as for stubs.")


@contract.command("check")
@document_argument
@package_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.pass_context
def check(ctx: click.Context, /, document: str, package: str | None, *, as_json: bool) -> None:
    """Hold all declarations, plugins' too, against the OpenAPI document in FILE or at URL.

    Without one, against the document that the server publishes. What differs is listed: first what
    nobody has explained, then what is meant, with its reason. Exit code 1 if something is unexplained.
    The API key is sent to your own server only, wherever the URL leads.
    """
    from connectapi.contract.document import read_document
    from connectapi.contract.report import checked
    from connectapi.generate.plugin import plugin_resources
    from connectapi.resources import default_catalog

    name, data = read_document(document, _server(ctx, document))
    index = default_catalog().index
    report = checked(index, data, name, plugin_resources(package, index) if package is not None else None)
    if as_json:
        # In ASCII: what stands in a document can't move the cursor.
        click.echo(json.dumps(report.data(), indent=2))
    else:
        _print(report)
    ctx.exit(1 if report.drifted else 0)


@contract.command("draft")
@document_argument
@click.option("--tag", help="The tag whose operations to draft, as the document has it.")
@package_option
@click.option("--to", type=click.Path(dir_okay=False), help="A new file to write to, instead of standard output.")
@click.pass_context
def draft(ctx: click.Context, /, document: str, tag: str | None, package: str | None, to: str | None) -> None:
    """Write a first draft: of resource files for what a document has, or of a document of what a plugin declares.

    With --tag, a resource file for those operations of a tag of FILE or URL that nothing declares. It loads as
    it is. What a document can't tell is left to you: its first lines say what.

    With --package, an OpenAPI document of the resources of a plugin, as YAML, or as JSON if it is written to a
    file of that name.
    """
    if (tag is None) == (package is None) or (package is not None and document):
        raise click.UsageError("give either --tag, with a document, or --package", ctx)
    if package is not None:
        _deliver(ctx, to, _document(package, json_wanted=str(to).endswith(".json")), "a draft")
        return
    from connectapi.contract.document import read_document
    from connectapi.contract.draft import drafted
    from connectapi.resources import default_catalog

    name, data = read_document(document, _server(ctx, document))
    text = drafted(data, default_catalog().index, str(tag), name)
    if text:
        _deliver(ctx, to, text, "a draft; its first lines say what is left to do")
    else:
        click.echo(f"nothing to draft: every operation under {_printable(str(tag))!r} is declared", err=True)


def _document(package: str, *, json_wanted: bool) -> str:
    import yaml

    from connectapi.contract.described import described
    from connectapi.generate.plugin import plugin_resources
    from connectapi.plugins.named import named_plugins
    from connectapi.resources import default_index

    index, plugin = default_index(), named_plugins(package)[0]
    data = described(plugin_resources(package, index), index, plugin.distribution or plugin.name, plugin.version or "0")
    if json_wanted:
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    text: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)
    return text


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


def _deliver(ctx: click.Context, to: str | None, text: str, what: str) -> None:
    if to is None:
        click.echo(text, nl=False)
        return
    file = Path(to)
    try:
        # A draft is there to be worked on: one that is there already may hold somebody's work.
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    except FileExistsError:
        raise click.UsageError(f"{file} is there already: remove it, or name another file", ctx) from None
    except OSError as error:
        raise click.UsageError(f"{file}: can't be written: {error.strerror}", ctx) from None
    click.echo(f"{file}: {what}", err=True)


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
