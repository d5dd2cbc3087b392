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

#: How deep values may lie in each other, and how many there may be in a document: aliases make a short text
#: one without end. The largest file of ours has 722, seven deep.
_DEEPEST: Final = 40
_MOST: Final = 100_000
_TOO_DEEP: Final = (
    f"values lie in each other more than {_DEEPEST} deep; does an alias ('*…') stand within what it names?"
)

#: What PyYAML lets through where a tag or a word's look promises what the text does not hold.
_MISREAD: Final = (ValueError, LookupError, AttributeError, TypeError, OverflowError)


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
    loader: Any = None
    try:
        loader = _LOADER(text)
        while loader.check_node():
            document = Document(None)
            node: Any = loader.get_node()
            document.data = _value(loader, node, (), document.lines)
            yield document
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SourceFault(mark.line + 1 if mark else 1, str(error.problem or error)) from None
    except RecursionError:
        raise SourceFault(1, _TOO_DEEP) from None
    except (yaml.YAMLError, ValueError) as error:
        raise SourceFault(1, str(error)) from None
    finally:
        if loader is not None:
            loader.dispose()


def _value(loader: Any, node: yaml.Node, place: Place, lines: dict[Place, int]) -> Any:
    lines[place] = line = node.start_mark.line + 1
    if len(place) > _DEEPEST:
        raise SourceFault(line, _TOO_DEEP)
    if len(lines) > _MOST:
        raise SourceFault(line, f"there are more than {_MOST} values; is an alias ('*…') repeated without end?")
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, place, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, each, (*place, str(i)), lines) for i, each in enumerate(node.value)]
    return _scalar(loader, node, place)


def _scalar(loader: Any, node: yaml.Node, place: Place) -> Any:
    try:
        return loader.construct_object(node)
    except _MISREAD as error:
        kind = node.tag.rpartition(":")[2]
        where = f"{'.'.join(place)}: " if place else ""
        said = f"{where}{str(node.value)[:60]!r} can't be read as YAML's {kind} ({error}); put it in quotes"
        raise SourceFault(node.start_mark.line + 1, said) from None


def _mapping(loader: Any, node: yaml.MappingNode, place: Place, lines: dict[Place, int]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = _scalar(loader, key_node, place), key_node.start_mark.line + 1
        if not isinstance(key, str):
            message = (
                f"{'.'.join((*place, ''))}{str(key_node.value)[:60]}: YAML reads this key as {key!r}; put it in quotes"
            )
            raise SourceFault(line, message)
        if key in data:
            raise SourceFault(line, f"{'.'.join((*place, key))}: this key stands twice")
        data[key] = _value(loader, value_node, (*place, key), lines)
        below = (*place, key)
        lines[below] = line
    return data
