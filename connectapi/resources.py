"""The class of every resource: `from connectapi.resources import Content`.

Each is built from its file when it is first asked for; resources that plugins declare are here too.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from connectapi.errors import did_you_mean

if TYPE_CHECKING:
    from connectapi.resource.catalog import Catalog

__all__ = ["default_catalog"]


@cache
def _made() -> Catalog:
    from connectapi.plugins.manager import installed_plugins
    from connectapi.query.methods import make_methods
    from connectapi.resource.catalog import Catalog
    from connectapi.spec.index import SpecIndex

    return Catalog(SpecIndex(installed_plugins().folders()), make_methods)


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
