"""`connectapi plugins list`: what extends this installation."""

from __future__ import annotations

import json

import click

__all__ = ["plugins"]


@click.group("plugins", short_help="What extends this installation.")
def plugins() -> None:
    """Tell what extends this installation."""


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def list_plugins(*, as_json: bool) -> None:
    """List all plugins, those that are switched off or can't be loaded too.

    CONNECTAPI_DISABLE_PLUGINS switches plugins off by their names.
    """
    from connectapi.plugins.inventory import inventory

    found = inventory()
    if as_json:
        click.echo(json.dumps([each.data() for each in found], indent=2))
        return
    from rich.table import Table
    from rich.text import Text

    from connectapi.cli.output import console

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "distribution", "version", "state", "hooks", "resources"):
        table.add_column(column, overflow="fold")
    for each in found:
        declared = (*each.resources, *(f"more of {name}" for name in each.extends))
        cells = (each.name, each.distribution, each.version, each.state, ", ".join(each.hooks), _shown(declared))
        table.add_row(*map(Text, cells))
    console().print(table)


def _shown(declared: tuple[str, ...]) -> str:
    few = 6
    more = f" and {len(declared) - few} more" if len(declared) > few else ""
    return ", ".join(declared[:few]) + more
