"""Every way to extend connectapi.

The name tells the shape:

register_*    every plugin is called, and calls `register` as often as it likes
choose_*      plugins are asked in turn; the first answer that is not None wins
before_*      plugins are called in turn; each is given what the one before it has returned
after_*       every plugin is told, in the opposite order; what it returns is ignored
wrap_*        plugins are called in turn; each is wrapped around those that come after it

In turn means: the plugin that was added last comes first, and `hookimpl(tryfirst=True)` and
`hookimpl(trylast=True)` change that. Those that register are called in the order in which they were
added. What a plugin raises becomes a `PluginError` with its name, but for errors of connectapi's own.

A plugin is a module or an object with functions of these names, marked with `hookimpl`, and is
found by an entry point in the group `connectapi`. It takes only the arguments that it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

import pluggy

if TYPE_CHECKING:  # what most plugins and most calls have no use for
    from connectapi.http.auth import Auth
    from connectapi.http.options import Options
    from connectapi.http.retry import Retries
    from connectapi.http.values import Request, Response
    from connectapi.types import Secret

__all__ = [
    "PROJECT",
    "Format",
    "NamedServer",
    "Send",
    "after_progress",
    "after_response",
    "before_request",
    "choose_auth",
    "choose_retries",
    "choose_server",
    "hookimpl",
    "register_commands",
    "register_formats",
    "register_handlers",
    "register_resources",
    "register_types",
    "wrap_send",
]

#: The name of the entry-point group, and of the project to pluggy.
PROJECT: Final = "connectapi"

#: What sends a request: the answer is read to its end, and one of status 400 or more is raised.
Send: TypeAlias = "Callable[[Request, Options], Response]"

#: What writes an answer for the command line: it is given plain data, and returns text.
Format: TypeAlias = Callable[[Any], str]

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


@hookspec
def register_types(register: Callable[..., None]) -> None:
    """Add types of values to the words of resource files: `register("money", Money, structure=…, unstructure=…)`.

    `connectapi.spec.fieldtypes.FieldType` has all arguments. Asked once, before the first class is built.
    """


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


@hookspec
def before_request(server: str, request: Request) -> Request | None:
    """Return the request as it is to be sent, or None if it is right as it is.

    It has its correlation id, and no credentials yet: those are added later. Called once for each
    call of the API, however often that is tried.
    """


@hookspec
def after_response(server: str, request: Request, response: Response) -> None:
    """Look at an answer, of whatever status, before it is read or raised.

    `request` is what `before_request` made of it. A download's answer has no body here. Where no
    answer came, this is not called: `wrap_send` sees that too.
    """


@hookspec
def wrap_send(server: str, send: Send) -> Send | None:
    """Return what is called in the place of `send`, or None; asked once, when a client opens its connections.

    It may answer itself, or call `send` once or several times. Downloads go past it.
    """


@hookspec
def after_progress(server: str, task: Any, lines: list[str]) -> None:
    """Look at a task that somebody waits for, after each look at the server: `lines` are new in its log."""


@hookspec
def register_commands(register: Callable[..., None]) -> None:
    """Add commands to the command line: `register(command)`, or `register(command, collection="content")`.

    A command is click's; `ctx.obj.client()` is the client that the options in front of it describe.
    Asked when the command line runs.
    """


@hookspec
def register_formats(register: Callable[[str, Format], None]) -> None:
    """Add formats that the command line can print answers in: `register("csv", function)`."""


@hookspec
def register_handlers(register: Callable[..., None]) -> None:
    """Add functions that answer operations on the embedded server, where no declaration can say how.

    `register(function, "Widget", "paint", "get_one")`, with `alone=True` if it opens transactions
    itself. It comes before the built-in function for the same operation, if there is one.
    """
