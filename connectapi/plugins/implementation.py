"""What one plugin has for one hook; where it fails, the error bears its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

import pluggy
from attrs import frozen

from connectapi.errors import ConnectError, PluginError

__all__ = ["Implementation", "implementations", "naming"]


@contextmanager
def naming(plugin: str, hook: str, below: CodeType | None = None) -> Iterator[None]:
    """Turn what a plugin raises into a `PluginError` with its name.

    Args:
        plugin: its name.
        hook: the name of its function.
        below: code of ours that the plugin calls: what comes out of that is not the plugin's fault.

    Raises:
        PluginError: what was raised is no error of connectapi's own.
    """
    try:
        yield
    except ConnectError:
        raise
    except Exception as error:
        if below is not None and _came_from(error, below):
            raise
        raise PluginError(plugin, f"its {hook} failed with {type(error).__name__}: {error}") from error


def _came_from(error: BaseException, code: CodeType) -> bool:
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code is code:
            return True
        traceback = traceback.tb_next
    return False


@frozen
class Implementation:
    """A plugin's function for a hook."""

    plugin: str
    hook: str
    _function: Callable[..., Any]
    _takes: tuple[str, ...]

    def __call__(self, **given: object) -> Any:
        """Call it with those of the arguments that it takes.

        Raises:
            PluginError: it failed.
        """
        with naming(self.plugin, self.hook):
            return self._function(*(given[name] for name in self._takes))

    def unfit(self, found: object, expected: str) -> PluginError:
        """Return the error that tells what it should have returned."""
        return PluginError(self.plugin, f"its {self.hook} returned {found!r:.200}; expected {expected}")


def implementations(hook: pluggy.HookCaller) -> tuple[Implementation, ...]:
    """Return who implements a hook, in the order in which plugins are asked."""
    return tuple(
        Implementation(each.plugin_name, hook.name, each.function, tuple(each.argnames))
        for each in reversed(hook.get_hookimpls())
    )
