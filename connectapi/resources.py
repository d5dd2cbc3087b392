"""The class of every resource: `from connectapi.resources import Content`.

Each is built from its file when it is first asked for; resources that plugins declare are here too.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from connectapi.errors import did_you_mean

if TYPE_CHECKING:
    from connectapi.plugins.manager import Plugins
    from connectapi.resource.catalog import Catalog

__all__ = ["catalog_of", "default_catalog"]


@cache
def _made() -> Catalog:
    from connectapi.plugins.manager import installed_plugins

    return _catalog(installed_plugins())


def _catalog(plugins: Plugins) -> Catalog:
    from connectapi.query.methods import make_methods
    from connectapi.resource.catalog import Catalog
    from connectapi.spec.index import SpecIndex

    return Catalog(SpecIndex(plugins.folders()), make_methods)


def catalog_of(plugins: Plugins) -> Catalog:
    """Return the classes for some plugins: those of everything that is installed, unless they add to them."""
    from connectapi.plugins.manager import installed_plugins

    installed = installed_plugins()
    if plugins is installed or plugins.folders() == installed.folders():
        return default_catalog()
    catalog = _catalog(plugins)
    catalog.index.collections()  # what clashes is refused at once
    return catalog


def default_catalog() -> Catalog:
    """Return the classes of everything that is installed; made when first asked for."""
    return _made()


def __getattr__(name: str) -> Any:
    if name.startswith("_") or not name[0].isupper():
        raise AttributeError(name)
    catalog = default_catalog()
    if not catalog.index.knows(name):
        msg = f"no resource is called {name!r}{did_you_mean(name, catalog.index.names())}"
        raise AttributeError(msg, name=name)
    return catalog.record(name)


def __dir__() -> list[str]:
    return sorted({*__all__, *default_catalog().index.names()})
