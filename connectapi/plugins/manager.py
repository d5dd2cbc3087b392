"""Finding plugins, and asking them; a plugin that fails is named."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Final

import pluggy
from attrs import define, field, frozen

from connectapi.errors import ConnectError, PluginError
from connectapi.plugins import hookspecs
from connectapi.plugins.claims import Claims
from connectapi.plugins.declared import may_declare
from connectapi.plugins.hookspecs import PROJECT
from connectapi.plugins.implementation import Implementation, implementations
from connectapi.spec.index import Folder

if TYPE_CHECKING:
    import click  # an extra

    from connectapi.http.auth import Auth
    from connectapi.http.retry import Retries
    from connectapi.plugins.calls import Progress, RequestHooks
    from connectapi.plugins.hookspecs import Format, NamedServer, Send
    from connectapi.spec.fieldtypes import FieldType
    from connectapi.types import Secret

__all__ = ["DISABLE", "Found", "Plugins", "found_plugins", "installed_plugins"]

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
            self._refuse_wrappers(plugin)
        except (pluggy.PluginValidationError, TypeError, ValueError) as error:
            raise PluginError(name, f"does not fit: {error}") from error

    def _refuse_wrappers(self, plugin: object) -> None:
        # These are called by us, one by one, to know whose fault it is when one fails.
        for caller in self._callers(plugin):
            ours = not caller.name.startswith("choose_")
            if ours and any(
                each.plugin is plugin and (each.wrapper or each.hookwrapper) for each in caller.get_hookimpls()
            ):
                msg = f"{caller.name} can't be a wrapper of other plugins' functions"
                raise TypeError(msg)

    def names(self) -> list[str]:
        """Return the names of the registered plugins."""
        return [name for name, _ in self._manager.list_name_plugin()]

    def hooks(self) -> tuple[str, ...]:
        """Return the names of the hooks that somebody implements."""
        callers = [caller for _, each in self._manager.list_name_plugin() for caller in self._callers(each)]
        return tuple(sorted({caller.name for caller in callers}))

    def _callers(self, plugin: object) -> Iterable[pluggy.HookCaller]:
        return self._manager.get_hookcallers(plugin) or () if plugin is not None else ()

    def joined(self, plugins: Iterable[object]) -> Plugins:
        """Return these plugins with further ones, each under the name of its module or class.

        Raises:
            PluginError: one does not fit, or its name is taken by another.
        """
        made = Plugins()
        for name, plugin in self._manager.list_name_plugin():
            if plugin is not None:
                made.add(name, plugin)
        for plugin in plugins:
            if not made._has(plugin):
                made.add(_name_of(plugin), plugin)
        return made

    def _has(self, plugin: object) -> bool:
        return any(each is plugin for _, each in self._manager.list_name_plugin())

    # What is registered ------------------------------------------------------------------------

    def folders(self) -> tuple[Folder, ...]:
        """Return the folders of resource files, the built-in one first."""
        found: list[Folder] = []
        for hook in self._registering("register_resources"):

            def register(path: str | os.PathLike[str], owner: str = hook.plugin) -> None:
                found.append(Folder(Path(path), owner))

            hook(register=register)
        return tuple(found)

    def types(self) -> dict[str, FieldType]:
        """Return the types of values that resource files can name, by their words.

        Raises:
            PluginError: two plugins add one word, or what one adds is no type.
        """
        claims: Claims[FieldType] = Claims("the type")
        for hook in self._registering("register_types"):
            from connectapi.spec.fieldtypes import FieldType  # loads where a plugin adds one

            def register(word: str, python: type, *, owner: str = hook.plugin, **said: Any) -> None:
                claims.add(owner, (word,), FieldType(word, python, **said, plugin=owner))

            hook(register=register)
        return {word: each for (word,), each in claims}

    def commands(self) -> Claims[click.Command]:
        """Return the commands for the command line: collection, empty for none, and name → command."""
        claims: Claims[click.Command] = Claims("the command")
        for hook in self._registering("register_commands"):

            def register(command: click.Command, *, collection: str = "", owner: str = hook.plugin) -> None:
                claims.add(owner, (collection.replace("-", "_"), command.name or ""), command)

            hook(register=register)
        return claims

    def formats(self) -> Claims[Format]:
        """Return the formats for the command line: name → function."""
        claims: Claims[Format] = Claims("the format")
        for hook in self._registering("register_formats"):

            def register(name: str, function: Format, owner: str = hook.plugin) -> None:
                claims.add(owner, (name,), function)

            hook(register=register)
        return claims

    def handlers(self) -> Claims[tuple[Callable[..., Any], bool]]:
        """Return what answers on the embedded server: resource and operation → function, and whether it is alone."""
        claims: Claims[tuple[Callable[..., Any], bool]] = Claims("the handler of")
        for hook in self._registering("register_handlers"):

            def register(
                function: Callable[..., Any],
                resource: str,
                *operations: str,
                alone: bool = False,
                owner: str = hook.plugin,
            ) -> None:
                for operation in operations:
                    claims.add(owner, (resource, operation), (function, alone))

            hook(register=register)
        return claims

    def _registering(self, name: str) -> tuple[Implementation, ...]:
        """Return who implements a hook, in the order in which plugins were added."""
        order = {each: place for place, each in enumerate(self.names())}
        return tuple(sorted(implementations(getattr(self._manager.hook, name)), key=lambda each: order[each.plugin]))

    # What is chosen ----------------------------------------------------------------------------

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

    # What is done about calls ------------------------------------------------------------------

    def request_hooks(self, server: str) -> RequestHooks | None:
        """Return what is done before and after each request to a server; None if no plugin cares."""
        hook = self._manager.hook
        before, after = implementations(hook.before_request), implementations(hook.after_response)
        if not before and not after:
            return None
        from connectapi.plugins.calls import RequestHooks  # loads where a plugin cares

        return RequestHooks(server, before, after[::-1])

    def wrapped(self, server: str, send: Send) -> Send | None:
        """Return what plugins have wrapped around the way to a server; None if nothing."""
        layers = implementations(self._manager.hook.wrap_send)
        if not layers:
            return None
        from connectapi.plugins.calls import wrapped

        return wrapped(layers, server, send)

    def progress(self, server: str) -> Progress | None:
        """Return what is told how tasks on a server go on; None if no plugin cares."""
        hooks = implementations(self._manager.hook.after_progress)
        if not hooks:
            return None
        from connectapi.plugins.calls import Progress

        return Progress(server, hooks[::-1])

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
            for caller in self._callers(plugin):
                for each in caller.get_hookimpls():
                    if each.plugin is plugin:
                        codes[getattr(each.function, "__code__", None)] = name
        while traceback is not None:
            if traceback.tb_frame.f_code in codes:
                return codes[traceback.tb_frame.f_code]
            traceback = traceback.tb_next
        return "unknown"


def _name_of(plugin: object) -> str:
    if isinstance(plugin, (ModuleType, type)):
        return plugin.__name__
    return type(plugin).__name__


@frozen
class Found:
    """A plugin that is installed, not loaded yet."""

    name: str
    distribution: str
    version: str
    _value: str
    _load: Callable[[], object]
    disabled: bool = field(default=False, kw_only=True)

    @property
    def module(self) -> str:
        """The module that it is, or is in."""
        return self._value.partition(":")[0].strip()

    def add_to(self, plugins: Plugins) -> None:
        """Load it and add it to others.

        Raises:
            PluginError: it can't be loaded, or does not fit.
        """
        try:
            plugin = self._load()
        except Exception as error:
            origin = f"{self.name} (of {self.distribution} {self.version})" if self.distribution else self.name
            reason = f"can't be loaded from {self._value!r}: {type(error).__name__}: {error}"
            raise PluginError(origin, f"{reason}; to go on without it, set {DISABLE}={self.name}") from error
        plugins.add(self.name, plugin)


def found_plugins() -> list[Found]:
    """Return what is installed in this Python environment: the built-in plugins, then the others by their names."""
    disabled = {name.strip() for name in os.environ.get(DISABLE, "").split(",")}
    own = [
        Found(name, "connectapi", "", module, partial(importlib.import_module, module))
        for name, module in _BUILTIN.items()
    ]
    if not may_declare(PROJECT):
        return own
    from importlib.metadata import entry_points

    return own + [
        Found(
            each.name,
            each.dist.name if each.dist else "",
            each.dist.version if each.dist else "",
            each.value,
            each.load,
            disabled=each.name in disabled or "*" in disabled,
        )
        # By name, so that the order does not depend on the file system's.
        for each in sorted(entry_points(group=PROJECT), key=lambda each: each.name)
    ]


@cache
def installed_plugins() -> Plugins:
    """Return the plugins of this Python environment, loaded once.

    Raises:
        PluginError: one of them can't be loaded; it is named.
    """
    plugins = Plugins()
    for found in found_plugins():
        if not found.disabled:
            found.add_to(plugins)
    return plugins
