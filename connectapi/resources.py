"""The class of every resource: `from connectapi.resources import Content`.

Each is built from its file when it is first asked for; resources that plugins declare are here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from connectapi.errors import did_you_mean

if TYPE_CHECKING:
    from connectapi.plugins.manager import Plugins
    from connectapi.resource.catalog import Catalog
    from connectapi.spec.index import SpecIndex
    from connectapi.spec.model import ResourceSpec

__all__ = ["catalog_of", "class_named", "default_catalog", "default_index"]


@cache
def _made() -> Catalog:
    return _catalog(default_index())


def _catalog(index: SpecIndex) -> Catalog:
    from connectapi.resource.catalog import Catalog

    return Catalog(index, _make_methods)


def _make_methods(spec: ResourceSpec, catalog: Catalog) -> Mapping[str, object]:
    from connectapi.query.methods import make_methods  # loads with the first class: to list names needs none

    return make_methods(spec, catalog)


def catalog_of(plugins: Plugins) -> Catalog:
    """Return the classes for some plugins: those of everything that is installed, unless they add to them."""
    from connectapi.plugins.manager import installed_plugins

    installed = installed_plugins()
    if plugins is installed:
        return default_catalog()
    folders, words = plugins.folders(), plugins.types()
    if folders == installed.folders() and words == installed.types():
        return default_catalog()
    from connectapi.spec.index import SpecIndex

    catalog = _catalog(SpecIndex(folders, words))
    catalog.index.verify()  # what clashes is refused at once
    return catalog


@cache
def default_index() -> SpecIndex:
    """Return where everything that is installed is declared; no class is made for that."""
    from connectapi.plugins.manager import installed_plugins
    from connectapi.spec.index import SpecIndex

    installed = installed_plugins()
    return SpecIndex(installed.folders(), installed.types())


def default_catalog() -> Catalog:
    """Return the classes of everything that is installed; made when first asked for."""
    return _made()


def class_named(name: str) -> Any:
    """Return the class of a resource; as its `__getattr__` it gives a package of plugins their classes.

    Raises:
        AttributeError: there is none of that name.

    Example:
        >>> class_named("Content").__name__
        'Content'
    """
    if name.startswith("_") or not name[0].isupper():
        raise AttributeError(name)
    catalog = default_catalog()
    if not catalog.index.knows(name):
        msg = f"no resource is called {name!r}{did_you_mean(name, catalog.index.names())}"
        raise AttributeError(msg, name=name)
    return catalog.record(name)


__getattr__ = class_named


def __dir__() -> list[str]:
    return sorted({*__all__, *default_catalog().index.names()})
