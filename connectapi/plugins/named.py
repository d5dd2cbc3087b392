"""The plugins that a name means: an entry point's, a distribution's, or a package's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connectapi.errors import ConfigError, did_you_mean
from connectapi.plugins.manager import DISABLE, Found, found_plugins

__all__ = ["named_plugins"]


def named_plugins(name: str) -> list[Found]:
    """Return the installed plugins that a name means; nothing is loaded.

    Args:
        name: of an entry point, as `connectapi plugins list` shows it, of a distribution, or of a package.

    Raises:
        ConfigError: there is none, or it is switched off.
    """
    plugins = [each for each in found_plugins() if each.distribution != "connectapi"]
    found = [each for each in plugins if name == each.name or _plain(name) in set(_names(each))]
    if not found:
        known = sorted({each.name for each in plugins})
        near = did_you_mean(name, sorted({*known, *(other for each in plugins for other in _names(each))}))
        there = f"; there are: {', '.join(known)}" if known and not near else ""
        raise ConfigError(
            f"no installed plugin is called {name!r}{near}{there}; connectapi plugins list shows them all"
        )
    on = [each for each in found if not each.disabled]
    if not on:
        raise ConfigError(f"the plugin {found[0].name!r} is switched off: take it out of {DISABLE}")
    return on


def _names(plugin: Found) -> Iterator[str]:
    yield _plain(plugin.distribution)
    steps = plugin.module.split(".")
    for count in range(1, len(steps) + 1):
        yield ".".join(steps[:count]).lower().replace("_", "-")


def _plain(name: str) -> str:
    """Return a name as package indexes compare them, but for dots."""
    return re.sub(r"[-_]+", "-", name).lower()
