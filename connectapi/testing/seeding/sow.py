"""A file's records, all of them or none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from connectapi.errors import SeedError
from connectapi.spec.source import Document, SourceFault, documents
from connectapi.testing.people import ADMINISTRATOR
from connectapi.testing.seeding import content, people, usage
from connectapi.testing.seeding.gathering import gather
from connectapi.testing.seeding.item import Item
from connectapi.testing.seeding.rules import check
from connectapi.testing.seeding.sowing import Sowing
from connectapi.testing.store import Records
from connectapi.testing.world import World

__all__ = ["sow"]

#: What resources have to say beside their fields.
_WORDS: Final = (content, people, usage)


def sow(world: World, records: Records, path: str | os.PathLike[str]) -> None:
    """Add what a file says, and an administrator if there is none. After an error the transaction is of no use.

    Raises:
        SeedError: with a line `file:line: where: what is wrong` for each fault.
    """
    file = Path(path)
    try:
        read = _read(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{file}: can't be read: {error}"
        raise SeedError(msg) from None
    except SourceFault as fault:
        msg = f"{file.name}:{fault.line}: {fault.message}"
        raise SeedError(msg) from None
    if len(read) > 1:
        msg = f"{file.name}: has {len(read)} documents; a seed is one"
        raise SeedError(msg)
    document = read[0] if read else Document(None)
    sowing = Sowing(world, records, file.parent)
    _sow(sowing, document)
    if sowing.faults:
        sowing.undo()
        raise SeedError("\n".join(_sentences(sowing, document, file.name)))


@lru_cache(maxsize=4)
def _read(text: str) -> list[Document]:
    """Return the documents in a text. Each server of one process has the same sample; nobody changes what was read."""
    return list(documents(text))


def _sow(sowing: Sowing, document: Document) -> None:
    gather(sowing, {} if document.data is None else document.data)
    if not sowing.administrator():
        sowing.add(Item(sowing.world.specs["User"], (), dict(ADMINISTRATOR)))
        sowing.items.insert(0, sowing.items.pop())
    for item in tuple(sowing.items):
        sowing.fill(item)
    for item in tuple(sowing.items):
        sowing.speak(item)
    check(sowing)
    if sowing.faults:
        return
    try:
        for item in sowing.items:
            sowing.keep(item)
        for each in (*sowing.later, *sowing.last):
            each()
    except BaseException:
        sowing.undo()
        raise


def _sentences(sowing: Sowing, document: Document, name: str) -> Iterator[str]:
    for line, place, message in sorted((document.line(each.place), each.place, each.message) for each in sowing.faults):
        where = ".".join(place)
        yield f"{name}:{line}: {where}{': ' if where else ''}{message}"
