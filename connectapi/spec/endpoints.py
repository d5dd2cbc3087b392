"""Calls that two plugins declare: a server could answer just one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from attrs import define, field, frozen

from connectapi.errors import PluginError
from connectapi.spec.model import Declaration, ExtensionSpec, ResourceSpec

__all__ = ["Endpoints"]

_PLACEHOLDER: Final = re.compile(r"\{\w+\}")
_SEGMENT: Final = re.compile(r"/([A-Za-z][\w.-]*)")


@frozen
class _Call:
    """A verb and a path, and who declares them."""

    shape: str
    said: str
    name: str
    plugin: str
    file: Path


@define
class Endpoints:
    """The calls in some files.

    Args:
        files: every file, and the plugin it belongs to.
        read: returns what a file declares.
    """

    files: Sequence[tuple[Path, str]]
    _read: Callable[[Path], Iterable[Declaration]]
    _segments: dict[Path, frozenset[str]] = field(factory=dict, init=False)

    def refuse_shared(self, spec: ResourceSpec, owner: str) -> None:
        """Refuse a resource with a call that another plugin declares too.

        Args:
            spec: the resource, with what extends it.
            owner: the plugin that declares it.

        Raises:
            PluginError: a call is declared twice; both plugins are named.
        """
        mine = [] if owner == self.files[0][1] else list(_calls(spec, owner))
        mine += [call for each in spec.extensions for call in _calls(each, each.plugin)]
        order = {plugin: place for place, (_, plugin) in enumerate(self.files)}
        for call in mine:
            for other in self._like(call):
                first, later = sorted((call, other), key=lambda each: order[each.plugin])
                reason = (
                    f"{later.file.name}: {later.name} is {later.said}, and so is {first.name} "
                    f"of the plugin {first.plugin!r} ({first.file.name}); switch one of them off"
                )
                raise PluginError(later.plugin, reason)

    def _like(self, call: _Call) -> Iterator[_Call]:
        needed = set(_SEGMENT.findall(call.shape))
        for file, owner in self.files:
            # Only what has all the words of the path in its text can have the path.
            if owner != call.plugin and needed <= self._words(file):
                for spec in self._read(file):
                    yield from (each for each in _calls(spec, owner) if each.shape == call.shape)

    def _words(self, file: Path) -> frozenset[str]:
        if file not in self._segments:
            self._segments[file] = frozenset(_SEGMENT.findall(file.read_text(encoding="utf-8")))
        return self._segments[file]


def _calls(spec: Declaration, plugin: str) -> Iterator[_Call]:
    """Yield what a resource or an extension itself declares; `plugin` is whose it is."""
    if isinstance(spec, ExtensionSpec):
        home, operations = spec.extends, spec.actions
    else:
        added = {name for each in spec.extensions for name in each.actions}
        home, operations = spec.name, {name: each for name, each in spec.operations().items() if name not in added}
    for name, operation in operations.items():
        for call in (operation.call, *operation.also):
            yield _Call(_PLACEHOLDER.sub("{}", call), call, f"{home}.{name}", plugin, Path(spec.file))
