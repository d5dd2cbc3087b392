"""Answers as tables for people and as JSON for programs."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from connectapi.cli.others import plugin_formats
from connectapi.errors import PluginError
from connectapi.plugins.implementation import naming
from connectapi.resource.record import Record, plain, plain_json
from connectapi.spec.model import ResourceSpec, TypeSpec

__all__ = ["console", "print_json", "show_answer"]


def show_answer(answer: Any, spec: ResourceSpec, *, as_format: str) -> None:
    """Print what a call returned.

    Args:
        answer: records, plain data, text, a path, or None.
        spec: the resource whose call it was.
        as_format: the name of the format to print it in; that may be a plugin's.

    Raises:
        PluginError: the plugin's function failed.
    """
    if as_format != "table":
        answer = str(answer) if isinstance(answer, Path) else answer
    if as_format == "json":
        print_json(answer)
    elif as_format != "table":
        click.echo(_formatted(answer, as_format))
    elif isinstance(answer, list) and answer and isinstance(answer[0], Record):
        _print_table(answer)
    elif isinstance(answer, Record):
        _print_fields(answer.dict())
    elif isinstance(answer, list):
        click.echo("\n".join(_cell(each) for each in answer) if answer else f"no {spec.collection or spec.name}")
    elif isinstance(answer, dict):
        _print_fields(answer)
    else:
        click.echo("done" if answer is None else _cell(answer))


def print_json(answer: Any) -> None:
    """Print JSON, indented; times as RFC 3339."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(plain_json(answer), enc_hook=str), indent=2))


def _formatted(answer: Any, name: str) -> str:
    formats = plugin_formats()
    owner, function = formats.owner(name), formats.get(name)
    with naming(owner, f"format {name!r}"):
        text: object = function(plain(answer)) if function is not None else None
    if not isinstance(text, str):
        raise PluginError(owner, f"its format {name!r} returned {text!r:.200}; expected text")
    return text


def _columns(spec: TypeSpec | ResourceSpec) -> Sequence[str]:
    label = getattr(spec, "label", ())
    return label or [name for name, field in spec.fields.items() if field.ref.scalar][:6]


def _print_table(records: Sequence[Record]) -> None:
    from rich.table import Table
    from rich.text import Text

    columns = _columns(records[0]._spec)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for record in records:
        table.add_row(*(Text(_cell(getattr(record, column))) for column in columns))
    console().print(table)


def _print_fields(fields: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in fields.items():
        if value is not None:
            table.add_row(Text(name), Text(_cell(value)))
    console().print(table)


def console() -> Any:
    """Return what tables are printed with."""
    from rich.console import Console

    # A file or a pipe has no width: nothing is folded there, so that a line stays a record.
    return Console(width=None if sys.stdout.isatty() else 100_000, soft_wrap=False, markup=False, highlight=False)


def _cell(value: Any) -> str:
    """Return a value in one line, without the control characters that could move the cursor."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(plain(value)) if isinstance(value, (list, dict, Record)) else str(value)
    return "".join(each if each.isprintable() else " " for each in text)
