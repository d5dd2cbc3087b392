"""Types of values that plugins add to the words of resource files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from attrs import field, frozen

from connectapi.errors import PluginError, did_you_mean
from connectapi.locks import cached_property
from connectapi.spec.grammar import SCALARS, TypeRef, parse_type

__all__ = ["FieldType", "Words"]

_WORD: Final = re.compile(r"[a-z][a-z0-9_]*")

#: What can't be the JSON form of a value: these are no JSON.
_NO_JSON: Final = frozenset({"file", "text", "none"})


@frozen(slots=False)
class FieldType:
    """A word for the type of a value, the class of its values in Python, and the way between that and JSON.

    Args:
        word: how resource files call it: `money`.
        python: the class of its values.
        structure: makes a value from its JSON, as a structure hook of cattrs: of the JSON and the class.
            Left out, cattrs' own way is taken.
        unstructure: makes JSON of a value, as an unstructure hook of cattrs.
        json: the type of the JSON, in the words of resource files.
        doc: one sentence for people: what it is.
        format: how an OpenAPI document calls it; left out, like the word.
        min: the least of the JSON, or how short it may be; as for a field.
        max: the most.
        pattern: what a text must match as a whole.
        values: the only ones that there are, of the JSON.
        column: gives the type of its columns in Arrow, of the module pyarrow; left out, a column has the JSON.
        cell: makes of a value what goes into such a column; left out, the value itself.
        plugin: who adds it.
    """

    word: str
    python: type
    _structure: Callable[[Any, Any], Any] | None = field(default=None, kw_only=True, alias="structure")
    _unstructure: Callable[[Any], Any] | None = field(default=None, kw_only=True, alias="unstructure")
    json: str = field(default="str", kw_only=True)
    doc: str = field(default="", kw_only=True)
    format: str = field(default="", kw_only=True)
    min: float | None = field(default=None, kw_only=True)
    max: float | None = field(default=None, kw_only=True)
    pattern: str = field(default="", kw_only=True)
    values: tuple[str | int, ...] = field(default=(), kw_only=True, converter=tuple)
    column: Callable[[Any], Any] | None = field(default=None, kw_only=True)
    cell: Callable[[Any], Any] | None = field(default=None, kw_only=True)
    plugin: str = field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what can't be a type."""
        _check(self.word, self.python)
        hash(self)  # readers of types are kept by them
        for word in self.ref.words():
            if word not in SCALARS or word in _NO_JSON or self.ref.nullable:
                near = did_you_mean(word, [each for each in SCALARS if each not in _NO_JSON])
                msg = f"{self.word}: {self.json!r} is not a type of JSON{near}"
                raise ValueError(msg)
        re.compile(self.pattern)
        if self.cell is not None and self.column is None:
            msg = f"{self.word}: a 'cell' goes into a 'column'; give both"
            raise ValueError(msg)

    @cached_property
    def ref(self) -> TypeRef:
        """The type of the JSON, parsed."""
        return parse_type(self.json)

    def made(self, value: Any) -> Any:
        """Return the value of some JSON; whatever the plugin raises comes out."""
        if self._structure is not None:
            return self._structure(value, self.python)
        return _cattrs().structure(value, self.python)

    def json_of(self, value: Any) -> Any:
        """Return the JSON of a value.

        Raises:
            PluginError: the plugin's function failed. Why is not told: that may have the value in it.
        """
        try:
            return _cattrs().unstructure(value) if self._unstructure is None else self._unstructure(value)
        except Exception as error:
            reason = f"can't make JSON of a value of its type {self.word!r}: {type(error).__name__}"
            raise PluginError(self.plugin, reason) from error

    @property
    def known_as(self) -> str:
        """How an OpenAPI document calls it."""
        return self.format or self.word


def _check(word: object, python: object) -> None:
    if not isinstance(word, str) or not _WORD.fullmatch(word) or word in {"list", "map", "null"}:
        msg = f"{word!r}: a type is a word in lower case"
        raise ValueError(msg)
    if word in SCALARS:
        msg = f"the type {word!r} is built in"
        raise ValueError(msg)
    if not isinstance(python, type):
        msg = f"{word}: expected the class of its values, found {python!r:.80}"
        raise TypeError(msg)


#: Plugins' types by their words.
Words = Mapping[str, FieldType]


@cache
def _cattrs() -> Any:
    from cattrs.preconf.json import make_converter  # loads where a plugin leaves the work to it

    return make_converter()
