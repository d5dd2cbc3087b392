"""The server's language of search, built so that it can't come out malformed."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Final

from connectapi.codec.encode import moment
from connectapi.errors import did_you_mean
from connectapi.resource.conversion import conversion_of
from connectapi.resource.values import check_value
from connectapi.spec.model import FieldSpec

__all__ = ["Search"]

#: What stands as it is; anything else is put in quotes.
_BARE: Final = re.compile(r"[A-Za-z0-9@_.+*/][A-Za-z0-9@_.+*/-]*")

#: What quotes can't hold: the language has no way to escape.
_UNQUOTABLE: Final = re.compile(r'["\x00-\x1f\x7f]')


class Search:
    """What to look for: words that must all occur, and filters that must all hold.

    Which filters there are, and of what type each is, says the call that it is given to; it refuses
    others before anything is sent.

    Args:
        words: words or phrases that must occur.
        filters: a value, or several of which one must hold; True and False for what is or is not.

    Raises:
        ValueError: a word or value has a double quote or a control character.

    Example:
        >>> from connectapi import Client, Search
        >>> query = Search("penguins", type=["static", "jupyter-static"], locked=False).without(tag="old")
        >>> len(Client("demo").content.search(q=query)) > 0
        True
    """

    __slots__ = ("_parts",)

    def __init__(self, *words: str, **filters: object) -> None:
        self._parts: tuple[tuple[bool, str, object], ...] = _parts(words, filters, wanted=True)

    def without(self, *words: str, **filters: object) -> Search:
        """Return this search less what has these words or meets these filters."""
        search = Search()
        search._parts = self._parts + _parts(words, filters, wanted=False)
        return search

    def text(self, where: str, terms: Mapping[str, FieldSpec]) -> str:
        """Return the search as the server reads it.

        Args:
            where: the argument it is given as, for messages.
            terms: the filters that the call has.

        Raises:
            TypeError: a filter does not exist, or its value is of another type.
        """
        return " ".join(_written(part, where, terms) for part in self._parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Search) and other._parts == self._parts

    def __hash__(self) -> int:
        return hash(repr(self._parts))

    def __repr__(self) -> str:
        shown = [
            f"{'' if wanted else 'not '}{f'{name}={value!r}' if name else repr(value)}"
            for wanted, name, value in self._parts
        ]
        return f"<Search {', '.join(shown)}>"


def _parts(
    words: tuple[object, ...], filters: Mapping[str, object], *, wanted: bool
) -> tuple[tuple[bool, str, object], ...]:
    for word in words:
        if not isinstance(word, str):
            msg = f"a word to search for is text, not {type(word).__name__}"
            raise TypeError(msg)
        _quoted(word)
    for value in filters.values():
        for each in value if isinstance(value, (list, tuple)) else [value]:
            _quoted(str(each))
    return (*((wanted, "", word) for word in words), *((wanted, *item) for item in filters.items()))


def _written(part: tuple[bool, str, object], where: str, terms: Mapping[str, FieldSpec]) -> str:
    wanted, name, value = part
    sign = "" if wanted else "-"
    if not name:
        return f"{sign}{_quoted(str(value))}"
    if name not in terms:
        msg = f"{where}: there is no filter {name!r}{did_you_mean(name, list(terms))}; there are {', '.join(terms)}"
        raise TypeError(msg)
    term = terms[name]
    values = list(value) if isinstance(value, (list, tuple)) else [value]
    for each in values:
        if each is None:
            msg = f"{where}: the filter {name!r} needs a value"
            raise TypeError(msg)
        check_value(f"{where}: {name}", each, term.ref)
    key = term.wire or name
    if term.ref.kind == "bool":
        return f"{'is' if bool(value) is wanted else 'not'}:{key}"
    conversion = conversion_of(term.ref)
    plain = values if conversion is None else [conversion.write(each) for each in values]
    return f"{sign}{key}:{','.join(_value(each) for each in plain)}"


def _value(value: object) -> str:
    return _quoted(moment(value) if isinstance(value, datetime.datetime) else str(value))


def _quoted(text: str) -> str:
    if not text or _UNQUOTABLE.search(text):
        msg = f"{text!r} can't be searched for: the search has no way to write a double quote or a control character"
        raise ValueError(msg if text else "an empty text can't be searched for")
    return text if _BARE.fullmatch(text) else f'"{text}"'
