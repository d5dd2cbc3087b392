"""The notation of types in resource files: `str`, `list of Tag`, `map of int`, `datetime | null`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

if TYPE_CHECKING:
    from connectapi.spec.fieldtypes import FieldType

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
    """A parsed type: `kind` is `list`, `map`, a word of `SCALARS` or of a plugin, or the name of a class.

    `custom` is what a plugin says of its word.
    """

    kind: str
    item: TypeRef | None = None
    nullable: bool = False
    custom: FieldType | None = field(default=None, repr=False)

    @property
    def scalar(self) -> bool:
        """Whether it is one of the words that stand alone."""
        return self.item is None and not self.named

    @property
    def named(self) -> bool:
        """Whether it is the name of a resource or a nested type: those begin with a capital."""
        return self.item is None and self.kind[:1].isupper()

    def names(self) -> Iterator[str]:
        """Yield the names of classes in it."""
        if self.item is not None:
            yield from self.item.names()
        elif self.named:
            yield self.kind

    def words(self) -> Iterator[str]:
        """Yield the words in it that stand alone."""
        if self.item is not None:
            yield from self.item.words()
        elif self.scalar:
            yield self.kind

    def __str__(self) -> str:
        text = f"{self.kind} of {self.item}" if self.item is not None else self.kind
        return f"{text} | null" if self.nullable else text


def parse_type(text: str, words: Mapping[str, FieldType] = MappingProxyType({})) -> TypeRef:
    """Parse the notation; `ValueError` says what is wrong with it.

    Names of classes and words are taken as they come: whether there are such is checked later. `words` are
    those of plugins.

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
            return TypeRef(container, parse_type(body.removeprefix(f"{container} of "), words), bool(bar))
    if not body.isidentifier():
        msg = f"{text!r} is not a type: write a word, a class name, 'list of …', 'map of …' or '… | null'"
        raise ValueError(msg)
    return TypeRef(body, None, bool(bar), words.get(body))
