"""Finding plugins, and asking them; a plugin that fails is named."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import pluggy
from attrs import define, field

from connectapi.errors import ConnectError, PluginError
from connectapi.http.auth import Auth
from connectapi.http.retry import Retries
from connectapi.plugins import hookspecs
from connectapi.plugins.hookspecs import PROJECT, NamedServer
from connectapi.spec.index import Folder
from connectapi.types import Secret

__all__ = ["DISABLE", "Plugins", "installed_plugins"]

#: Names of plugins to leave out, with commas between; `*` leaves out all that are installed.
DISABLE: Final = "CONNECTAPI_DISABLE_PLUGINS"

#: The plugins of connectapi's own: name → module. They load like any other.
_BUILTIN: Final = {"connectapi": "connectapi.plugins.builtin", "connectapi-demo": "connectapi.testing.plugin"}


@define(eq=False)
class Plugins:
    """The plugins that a set of classes and clients is made with."""

    _manager: pluggy.PluginManager = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)

    def add(self, name: str, plugin: object) -> None:
        """Register a plugin: a module, or an object with hook methods.

        Raises:
            PluginError: it has a hook that there is none of, or its name is taken.
        """
        try:
            hash(plugin)  # pluggy keeps plugins in sets
            self._manager.register(plugin, name)
            self._manager.check_pending()
        except (pluggy.PluginValidationError, TypeError, ValueError) as error:
            raise PluginError(name, f"does not fit: {error}") from error

    def names(self) -> list[str]:
        """Return the names of the registered plugins."""
        return [name for name, _ in self._manager.list_name_plugin()]

    def folders(self) -> tuple[Folder, ...]:
        """Return the folders of resource files, the built-in one first."""
        found: list[Folder] = []
        for name, plugin in self._manager.list_name_plugin():
            if plugin is None:
                continue

            def register(path: str | os.PathLike[str], owner: str = name) -> None:
                found.append(Folder(Path(path), owner))

            others = [each for each in self._manager.get_plugins() if each is not plugin]
            with self._naming():
                self._manager.subset_hook_caller("register_resources", others)(register=register)
        return tuple(found)

    def auth(self, server: str, api_key: Secret | None) -> Auth | None:
        """Return how calls to a server show who is calling."""
        with self._naming():
            found: Auth | None = self._manager.hook.choose_auth(server=server, api_key=api_key)
        return found

    def retries(self, server: str) -> Retries | None:
        """Return what decides about further tries at calls to a server, or None."""
        with self._naming():
            found: Retries | None = self._manager.hook.choose_retries(server=server)
        return found

    def server(self, name: str) -> NamedServer | None:
        """Return the server that goes by a name, or None."""
        with self._naming():
            found: NamedServer | None = self._manager.hook.choose_server(name=name)
        return found

    @contextmanager
    def _naming(self) -> Iterator[None]:
        """Turn what a plugin raises into a `PluginError` with its name."""
        try:
            yield
        except ConnectError:
            raise
        except Exception as error:
            name = self._culprit(error.__traceback__)
            raise PluginError(name, f"its hook failed with {type(error).__name__}: {error}") from error

    def _culprit(self, traceback: TracebackType | None) -> str:
        codes: dict[Any, str] = {}
        for name, plugin in self._manager.list_name_plugin():
            for caller in self._manager.get_hookcallers(plugin) or () if plugin is not None else ():
                for each in caller.get_hookimpls():
                    if each.plugin is plugin:
                        codes[getattr(each.function, "__code__", None)] = name
        while traceback is not None:
            if traceback.tb_frame.f_code in codes:
                return codes[traceback.tb_frame.f_code]
            traceback = traceback.tb_next
        return "unknown"


@cache
def installed_plugins() -> Plugins:
    """Return the plugins of this Python environment, loaded once.

    Raises:
        PluginError: one of them can't be loaded; it is named.
    """
    plugins = Plugins()
    for name, module in _BUILTIN.items():
        plugins.add(name, importlib.import_module(module))
    disabled = {name.strip() for name in os.environ.get(DISABLE, "").split(",")}
    if "*" not in disabled:
        _load(plugins, (each for each in entry_points(group=PROJECT) if each.name not in disabled))
    return plugins


def _load(plugins: Plugins, found: Iterable[EntryPoint]) -> None:
    for entry in found:
        origin = f"{entry.name} (of {entry.dist.name} {entry.dist.version})" if entry.dist else entry.name
        load: Callable[[], object] = entry.load
        try:
            plugin = load()
        except Exception as error:
            reason = f"can't be loaded from {entry.value!r}: {type(error).__name__}: {error}"
            raise PluginError(origin, f"{reason}; to go on without it, set {DISABLE}={entry.name}") from error
        plugins.add(entry.name, plugin)
