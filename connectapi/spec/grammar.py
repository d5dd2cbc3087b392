"""The notation of types in resource files: `str`, `list of Tag`, `map of int`, `datetime | null`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

__all__ = ["SCALARS", "TypeRef", "parse_type"]

#: How many lists and maps may lie in each other.
_DEEPEST: Final = 8

#: The words of the notation that stand alone, with what each means.
SCALARS: Final = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "datetime": "a moment, as RFC 3339 text",
    "guid": "an identifier that Connect makes, as text",
    "id": "an identifier that is text, though some servers send a number",
    "json": "any JSON value",
    "file": "bytes, streamed",
    "text": "a plain-text answer",
    "none": "no answer",
}


@frozen
class TypeRef:
    """A parsed type: `kind` is `list`, `map`, a word of `SCALARS`, or the name of a class."""

    kind: str
    item: TypeRef | None = None
    nullable: bool = False

    @property
    def scalar(self) -> bool:
        """Whether it is one of the words that stand alone."""
        return self.kind in SCALARS

    @property
    def named(self) -> bool:
        """Whether it is the name of a resource or a nested type."""
        return not self.scalar and self.item is None

    def names(self) -> Iterator[str]:
        """Yield the names of classes in it."""
        if self.item is not None:
            yield from self.item.names()
        elif self.named:
            yield self.kind

    def __str__(self) -> str:
        text = f"{self.kind} of {self.item}" if self.item is not None else self.kind
        return f"{text} | null" if self.nullable else text


def parse_type(text: str) -> TypeRef:
    """Parse the notation; `ValueError` says what is wrong with it.

    Names of classes are taken as they come: whether there is such a class is checked later.

    Example:
        >>> parse_type("list of Tag | null")
        TypeRef(kind='list', item=TypeRef(kind='Tag', item=None, nullable=False), nullable=True)
    """
    if text.count(" of ") > _DEEPEST:
        msg = f"a type of more than {_DEEPEST} lists and maps within each other is not read"
        raise ValueError(msg)
    body, bar, null = (part.strip() for part in text.partition("|"))
    if bar and null != "null":
        msg = f"after '|' only 'null' can stand, found {null!r}"
        raise ValueError(msg)
    for container in ("list", "map"):
        if body.startswith(f"{container} of "):
            return TypeRef(container, parse_type(body.removeprefix(f"{container} of ")), bool(bar))
    if not body.isidentifier():
        msg = f"{text!r} is not a type: write a word, a class name, 'list of …', 'map of …' or '… | null'"
        raise ValueError(msg)
    return TypeRef(body, None, bool(bar))
