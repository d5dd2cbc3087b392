"""YAML text → plain data that remembers its lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml
from attrs import Factory, define

from connectapi.spec.fault import Place

__all__ = ["Document", "SourceFault", "documents"]

#: libyaml where PyYAML was built with it: ten times as fast, the same result.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class SourceFault(Exception):
    """The text is not YAML, or not YAML of the kind that resource files are written in."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(line, message)
        self.line = line
        self.message = message


@define
class Document:
    """One YAML document: its data, and the line of each of its values."""

    data: Any
    lines: dict[Place, int] = Factory(dict)

    def line(self, place: Place) -> int:
        """Return the line of a value, or of the nearest thing around it that is there."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def documents(text: str) -> Iterator[Document]:
    """Yield the documents in a YAML text; `SourceFault` has the line of what can't be read."""
    loader = _LOADER(text)
    try:
        while loader.check_node():
            document = Document(None)
            node: Any = loader.get_node()
            document.data = _value(loader, node, (), document.lines)
            yield document
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SourceFault(mark.line + 1 if mark else 1, str(error.problem or error)) from None
    except (yaml.YAMLError, ValueError) as error:
        raise SourceFault(1, str(error)) from None
    finally:
        loader.dispose()


def _value(loader: Any, node: yaml.Node, place: Place, lines: dict[Place, int]) -> Any:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, place, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, each, (*place, str(i)), lines) for i, each in enumerate(node.value)]
    return loader.construct_object(node)


def _mapping(loader: Any, node: yaml.MappingNode, place: Place, lines: dict[Place, int]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = loader.construct_object(key_node), key_node.start_mark.line + 1
        if not isinstance(key, str):
            message = f"{'.'.join((*place, ''))}{key_node.value}: YAML reads this key as {key!r}; put it in quotes"
            raise SourceFault(line, message)
        if key in data:
            raise SourceFault(line, f"{'.'.join((*place, key))}: this key stands twice")
        data[key] = _value(loader, value_node, (*place, key), lines)
        below = (*place, key)
        lines[below] = line
    return data
