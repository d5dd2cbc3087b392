"""Which plugins there are, and what each of them does."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import attrs
from attrs import frozen

from connectapi.errors import ConnectError
from connectapi.plugins.manager import Found, Plugins, found_plugins
from connectapi.spec.index import Folder, SpecIndex

__all__ = ["Entry", "inventory"]


@frozen
class Entry:
    """A plugin. `state` is `on`, `off`, or why it can't be used; what is not on has no hooks."""

    name: str
    distribution: str
    version: str
    state: str
    hooks: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return attrs.asdict(self)


def inventory() -> list[Entry]:
    """Return all plugins of this Python environment, the built-in ones first; each is looked at on its own."""
    return [_entry(each) for each in found_plugins()]


def _entry(found: Found) -> Entry:
    # Those of connectapi's own have no entry point to tell.
    release = found.version or (version(found.distribution) if found.distribution else "")
    entry = Entry(found.name, found.distribution, release, "off")
    if found.disabled:
        return entry
    alone = Plugins()
    try:
        found.add_to(alone)
        resources = _resources(alone.folders())
    except ConnectError as error:
        return attrs.evolve(entry, state=f"broken: {error}")
    return attrs.evolve(entry, state="on", hooks=alone.hooks(), resources=resources)


def _resources(folders: tuple[Folder, ...]) -> tuple[str, ...]:
    return tuple(SpecIndex(folders).resources()) if folders else ()
