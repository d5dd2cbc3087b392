"""A record to be: what the file says of it, and what is worked out from that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import define, field

from connectapi.spec.fault import Place
from connectapi.spec.model import ResourceSpec
from connectapi.testing.store import Document

if TYPE_CHECKING:
    from connectapi.testing.seeding.sowing import Sowing

__all__ = ["NAMING", "Finish", "Item", "Word", "finish_of", "finishes", "word", "word_of", "words_of"]


@define(eq=False)
class Item:
    """A record to be. `given` is what the file says, `document` and `path` are what becomes of it.

    `label` names it among those of its kind: its name, with those above it before, if they form a tree.
    `whole` says that nothing is to be added to the document.
    """

    spec: ResourceSpec
    place: Place
    given: dict[str, Any]
    parent: Item | None = None
    label: str = ""
    key: str = ""
    document: Document = field(factory=dict)
    path: dict[str, str] = field(factory=dict)
    whole: bool = False

    @property
    def kind(self) -> str:
        """The name of its resource."""
        return self.spec.name

    @property
    def scope(self) -> str:
        """Where it lies, as the store has it."""
        return "/".join(self.path.get(name, "") for name in self.spec.scope)

    def at(self, word: str) -> Place:
        """Return the place of a word in it."""
        return (*self.place, word)


Word: TypeAlias = "Callable[[Sowing, Item, Any], None]"
Finish: TypeAlias = "Callable[[Sowing, Item], None]"

#: What a name that stands for a whole record is, and what a single value beside the name is, where
#: that does not follow from what it takes to create one.
NAMING: Final[dict[str, tuple[str, str]]] = {}

_WORDS: Final[dict[tuple[str, str], Word]] = {}
_FINISHES: Final[dict[str, Finish]] = {}


def word(kind: str, name: str) -> Callable[[Word], Word]:
    """Register what a word means that is no field of a resource. All fields are known by then."""

    def register(function: Word) -> Word:
        _WORDS[kind, name] = function
        return function

    return register


def finishes(kind: str) -> Callable[[Finish], Finish]:
    """Register the function that sees to the records of a resource before they are kept."""

    def register(function: Finish) -> Finish:
        _FINISHES[kind] = function
        return function

    return register


def word_of(kind: str, name: str) -> Word | None:
    """Return what a word means in a record of a kind, if it means anything."""
    return _WORDS.get((kind, name))


def words_of(kind: str) -> list[str]:
    """Return the words of a kind that are no fields."""
    return [name for owner, name in _WORDS if owner == kind]


def finish_of(kind: str) -> Finish | None:
    """Return what sees to the records of a kind, if something does."""
    return _FINISHES.get(kind)
