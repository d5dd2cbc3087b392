"""Which plugins there are, and what each of them does."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import attrs
from attrs import frozen

from connectapi.errors import ConnectError, PluginError
from connectapi.plugins.manager import Found, Plugins, found_plugins
from connectapi.spec.index import SpecIndex

__all__ = ["Entry", "inventory"]


@frozen
class Entry:
    """A plugin. `state` is `on`, `off`, or why it can't be used; what is off or broken has no hooks."""

    name: str
    distribution: str
    version: str
    state: str
    hooks: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return attrs.asdict(self)


def inventory() -> list[Entry]:
    """Return all plugins of this Python environment, the built-in ones first.

    Each is looked at on its own, then all together: one that clashes with another says so.
    """
    found = {each.name: (each, _entry(each)) for each in found_plugins()}
    clashes = _clashes([each for each, entry in found.values() if entry.state == "on"])
    return [
        attrs.evolve(entry, state=f"clashes: {clashes[name]}") if name in clashes else entry
        for name, (_, entry) in found.items()
    ]


def _entry(found: Found) -> Entry:
    # Those of connectapi's own have no entry point to tell.
    release = found.version or (version(found.distribution) if found.distribution else "")
    entry = Entry(found.name, found.distribution, release, "off")
    if found.disabled:
        return entry
    alone = Plugins()
    try:
        found.add_to(alone)
        declared = [each for folder in alone.folders() for each in folder.declared()]
    except ConnectError as error:
        return attrs.evolve(entry, state=f"broken: {error}")
    return attrs.evolve(
        entry,
        state="on",
        hooks=alone.hooks(),
        resources=tuple(sorted(each.name for each in declared if each.name)),
        extends=tuple(sorted({each.extends for each in declared if each.extends})),
    )


def _clashes(plugins: Sequence[Found]) -> dict[str, str]:
    """Return why plugins can't be had beside those before them, by name."""
    clashes: dict[str, str] = {}
    for _ in plugins:
        together = Plugins()
        try:
            for each in plugins:
                if each.name not in clashes:
                    each.add_to(together)
            for registered in (together.formats, together.commands, together.handlers):
                registered()
            SpecIndex(together.folders(), together.types()).verify()
        except PluginError as error:
            clashes.setdefault(error.plugin, error.reason)
        except ConnectError:  # a wrong file says so when it is used: it is not wrong because of another plugin
            break
        else:
            break
    return clashes
