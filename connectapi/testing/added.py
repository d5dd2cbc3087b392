"""The handlers that plugins add to a server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import frozen
from werkzeug.exceptions import HTTPException

from connectapi.errors import PluginError, did_you_mean
from connectapi.spec.index import Folder, SpecIndex, builtin_folder
from connectapi.testing.call import Answer, Call
from connectapi.testing.refusal import Refusal
from connectapi.testing.registry import Function, Handler

if TYPE_CHECKING:
    from connectapi.plugins.manager import Plugins
    from connectapi.spec.fieldtypes import FieldType

__all__ = ["Added", "AddedHandler", "added_by", "handlers_for"]


@frozen
class AddedHandler:
    """A plugin's function that answers an operation."""

    plugin: str
    resource: str
    operation: str
    function: Function
    alone: bool = False

    def __call__(self, call: Call) -> Answer:
        """Answer a call.

        Raises:
            PluginError: it failed; to the caller that is status 500, and the server's log has the reason.
        """
        try:
            return self.function(call)
        except (Refusal, HTTPException, OSError):
            raise  # an answer, or a full disk
        except Exception as error:
            what = f"{self.resource}.{self.operation}"
            raise PluginError(
                self.plugin, f"its handler of {what} failed with {type(error).__name__}: {error}"
            ) from error


@frozen
class Added:
    """What plugins bring to a server, beside what is built in."""

    folders: tuple[Folder, ...] = ()
    handlers: tuple[AddedHandler, ...] = ()
    types: tuple[FieldType, ...] = ()

    def index(self) -> SpecIndex:
        """Return what is declared, with what is built in."""
        return SpecIndex((Folder(builtin_folder()), *self.folders), {each.word: each for each in self.types})


def added_by(plugins: Plugins | Iterable[object]) -> Added:
    """Return the folders of resource files, the types of values and the handlers that plugins bring.

    Raises:
        PluginError: one does not fit, or two of them answer the same operation.
    """
    from connectapi.plugins.manager import Plugins  # a server without plugins starts without it

    added = plugins if isinstance(plugins, Plugins) else Plugins().joined(plugins)
    claims = added.handlers()
    handlers = (
        AddedHandler(claims.owner(resource, operation), resource, operation, function, alone)
        for (resource, operation), (function, alone) in claims
    )
    folders = (each for each in added.folders() if each.path != builtin_folder())
    return Added(tuple(folders), tuple(handlers), tuple(added.types().values()))


def handlers_for(added: tuple[AddedHandler, ...], index: SpecIndex) -> dict[tuple[str, str], Handler]:
    """Return handlers by resource and operation.

    Raises:
        PluginError: one answers what is not declared.
    """
    for each in added:
        known = list(index.resource(each.resource).operations()) if each.resource in index.resources() else []
        if each.operation not in known:
            near = did_you_mean(each.operation, known) or did_you_mean(each.resource, index.resources())
            raise PluginError(each.plugin, f"answers {each.resource}.{each.operation}, which nothing declares{near}")
    return {(each.resource, each.operation): Handler(each, each.alone) for each in added}
