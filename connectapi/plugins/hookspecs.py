"""Every way to extend connectapi.

The name tells the shape:

register_*    every plugin is called, and calls `register` as often as it likes
choose_*      plugins are asked in turn; the first answer that is not None wins

A plugin is a module or an object with functions of these names, marked with `hookimpl`, and is
found by an entry point in the group `connectapi`. It takes only the arguments that it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Final, Protocol

import pluggy

from connectapi.http.auth import Auth
from connectapi.http.retry import Retries
from connectapi.types import Secret

__all__ = ["PROJECT", "NamedServer", "choose_auth", "choose_retries", "choose_server", "hookimpl", "register_resources"]

#: The name of the entry-point group, and of the project to pluggy.
PROJECT: Final = "connectapi"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class NamedServer(Protocol):
    """A server that goes by a name instead of a URL."""

    @property
    def url(self) -> str:
        """Where it is."""
        ...

    @property
    def api_key(self) -> str:
        """What opens it."""
        ...


@hookspec
def register_resources(register: Callable[[str | PathLike[str]], None]) -> None:
    """Add folders of resource files; asked once, before the first class is built."""


@hookspec(firstresult=True)
def choose_auth(server: str, api_key: Secret | None) -> Auth | None:
    """Return how calls to `server` show who is calling.

    `api_key` is what the client was given, or the environment has; None if neither has one.
    """


@hookspec(firstresult=True)
def choose_server(name: str) -> NamedServer | None:
    """Return the server that `Client(name)` means, where `name` is a word and not a URL."""


@hookspec(firstresult=True)
def choose_retries(server: str) -> Retries | None:
    """Return what decides about further tries at calls to `server`; asked once for each client.

    A client that is given `retries` does not ask. `connectapi.RetryPolicy` is the built-in answer.
    """
