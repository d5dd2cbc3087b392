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

__all__ = ["AddedHandler", "added_by", "handlers_for"]


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


def added_by(plugins: Plugins | Iterable[object]) -> tuple[tuple[Folder, ...], tuple[AddedHandler, ...]]:
    """Return the folders of resource files and the handlers that plugins bring, but for the built-in ones.

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
    return tuple(each for each in added.folders() if each.path != builtin_folder()), tuple(handlers)


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
