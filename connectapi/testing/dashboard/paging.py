"""Pages of a list and its order, by links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from attrs import evolve, frozen

from connectapi.spec.model import OperationSpec
from connectapi.testing.conditions import Order

__all__ = ["Heading", "Pages", "Sorting"]


class Heading(NamedTuple):
    """The heading of a column; its link sorts by it, the other way round if it is sorted by it already."""

    text: str
    href: str = ""
    sorted: str = ""
    field: str = ""


@frozen
class Sorting:
    """The field that a list is sorted by, of those that it can be sorted by; empty if nobody asked."""

    field: str
    ascending: bool
    fields: tuple[str, ...]
    #: The parameters that the API takes for it.
    params: frozenset[str] = frozenset({"sort", "order"})

    @classmethod
    def wanted(cls, args: Mapping[str, str], fields: Iterable[str], usual: Order) -> Sorting:
        """Return what a query asks for, as far as there is such a field."""
        known, field = tuple(fields), args.get("sort", "")
        if field not in known:
            return cls(usual.field, usual.ascending, known)
        return cls(field, args.get("order") != "desc", known)

    @classmethod
    def declared(cls, operation: OperationSpec, args: Mapping[str, str]) -> Sorting:
        """Return the same for a list whose operation declares what it can be sorted by."""
        sort = operation.params.get("sort")
        wanted = cls.wanted(args, map(str, sort.values) if sort else (), Order(""))
        return evolve(wanted, params=frozenset(operation.params) & {"sort", "order", "asc_order"})

    @property
    def word(self) -> str:
        """Connect's word for the direction."""
        return "asc" if self.ascending else "desc"

    @property
    def kept(self) -> dict[str, str]:
        """The part of the page's own query."""
        return {"sort": self.field, "order": self.word} if self.field else {}

    @property
    def asked(self) -> dict[str, str]:
        """The part of the query of the API."""
        words = {"sort": self.field, "order": self.word, "asc_order": "true" if self.ascending else "false"}
        return {name: word for name, word in words.items() if self.field and name in self.params}

    def over(self, headings: Iterable[Heading], base: str) -> list[Heading]:
        """Return headings with links where the list can be sorted by their fields; `base` is its address."""
        return [self._linked(each, base) if each.field in self.fields else each for each in headings]

    def _linked(self, heading: Heading, base: str) -> Heading:
        own = heading.field == self.field
        order = "desc" if own and self.ascending else "asc"
        state = ("ascending" if self.ascending else "descending") if own else ""
        return heading._replace(href=_with(base, f"sort={heading.field}&order={order}"), sorted=state)


@frozen
class Pages:
    """Where in a list a page is."""

    number: int
    size: int
    total: int = 0
    base: str = ""

    @classmethod
    def wanted(cls, args: Mapping[str, str], size: int) -> Pages:
        """Return the page that a query asks for; the first if it asks for none that could be."""
        text = args.get("page", "")
        return cls(max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else 1, size)  # noqa: PLR2004

    def of(self, total: int, base: str) -> Pages:
        """Return the same for a list that is so long; `base` is the address of the list."""
        return evolve(self, total=total, base=base)

    @property
    def offset(self) -> int:
        """How many items come before."""
        return (self.number - 1) * self.size

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // self.size))

    @property
    def previous(self) -> str:
        """The address of the page before; empty on the first."""
        return _with(self.base, f"page={min(self.number - 1, self.last)}") if self.number > 1 else ""

    @property
    def following(self) -> str:
        """The address of the next page; empty on the last."""
        return _with(self.base, f"page={self.number + 1}") if self.number < self.last else ""

    @property
    def text(self) -> str:
        """Which items these are, in words."""
        first, last = self.offset + 1, min(self.offset + self.size, self.total)
        return f"{first} to {last} of {self.total}" if first <= last else f"None of {self.total}"


def _with(base: str, query: str) -> str:
    return f"{base}{'&' if '?' in base else '?'}{query}"
