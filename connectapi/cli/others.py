"""What is on the command line beside the declared calls: commands of our own, and what plugins add."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

import click

from connectapi.errors import PluginError

if TYPE_CHECKING:
    from connectapi.plugins.claims import Claims
    from connectapi.plugins.hookspecs import Format
    from connectapi.plugins.manager import Plugins

__all__ = ["FORMATS", "OTHERS", "command_name", "plugin_commands", "plugin_formats"]

#: The commands that are no collection's: name → `module:attribute`, loaded when asked for.
OTHERS: Final[Mapping[str, str]] = {
    "contract": "connectapi.cli.contract:contract",
    "login": "connectapi.cli.sign_in:login",
    "logout": "connectapi.cli.sign_in:logout",
    "plugins": "connectapi.cli.plugins:plugins",
    "profiles": "connectapi.cli.profiles:profiles",
    "reference": "connectapi.cli.made:reference",
    "stubs": "connectapi.cli.made:stubs",
    "serve": "connectapi.cli.serve:serve",
    "whoami": "connectapi.cli.sign_in:whoami",
}

#: The formats that answers can be printed in without any plugin.
FORMATS: Final = ("table", "json")

#: What the command line calls the methods; an action bears its own name.
_NAMES: Final = {"get": "list", "get_one": "show"}


def command_name(name: str) -> str:
    """Return what the command line calls a declared call: `get_one` → `show`."""
    return _NAMES.get(name, name).replace("_", "-")


def plugin_commands() -> Claims[click.Command]:
    """Return the commands of plugins: collection, empty for none, and name → command.

    Raises:
        PluginError: a name is taken; who has it is named.
    """
    from connectapi.plugins.manager import installed_plugins

    return _commands(installed_plugins())


def plugin_formats() -> Claims[Format]:
    """Return the formats of plugins: name → function.

    Raises:
        PluginError: a name is taken; who has it is named.
    """
    from connectapi.plugins.manager import installed_plugins

    return _formats(installed_plugins())


@cache
def _commands(plugins: Plugins) -> Claims[click.Command]:
    from connectapi.resources import default_index

    found = plugins.commands()
    index = default_index()
    for (collection, name), command in found:
        owner = found.owner(collection, name)
        if not isinstance(command, click.Command):
            raise PluginError(owner, f"registers {command!r:.100} as a command; expected one of click's")
        if not collection:
            taken = {*OTHERS, *(each.replace("_", "-") for each in index.collections())}
        elif collection in index.collections():
            spec = index.resource(index.collections()[collection])
            taken = {*map(command_name, spec.operations()), *spec.commands}
        else:
            raise PluginError(owner, f"registers the command {name!r} for {collection!r}, which is no collection")
        if name in taken:
            shown = f"{collection} {name}".strip()
            raise PluginError(owner, f"registers the command {shown!r}, which there is already; rename it")
    return found


@cache
def _formats(plugins: Plugins) -> Claims[Format]:
    found = plugins.formats()
    for (name,), _ in found:
        if name in FORMATS:
            raise PluginError(found.owner(name), f"registers the format {name!r}, which is built in; rename it")
    return found
