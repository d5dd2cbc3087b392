"""What a resource file says, kept beside it in `__pycache__` as Python keeps bytecode.

To read a file's YAML and check it takes some 20 ms for the largest, and as much again to load what
does so; its kept form takes less than 1. The YAML stays the one source: a kept form counts only for
the very text, and the very loader, that it was made from.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.util import cache_from_source
from pathlib import Path
from threading import get_ident
from typing import Final

import attrs
import msgspec
from attrs import frozen

from connectapi.errors import SpecError
from connectapi.spec.model import Declaration, ExtensionSpec, ResourceSpec

__all__ = ["read_file"]

_HERE: Final = Path(__file__).parent


@frozen
class _Kept:
    key: str
    specs: list[ResourceSpec]
    extensions: list[ExtensionSpec]

    @classmethod
    def of(cls, key: str, specs: list[Declaration]) -> _Kept:
        """Return what is kept of a file."""
        bare: list[Declaration] = [attrs.evolve(spec, file="") for spec in specs]
        return cls(
            key,
            [each for each in bare if isinstance(each, ResourceSpec)],
            [each for each in bare if isinstance(each, ExtensionSpec)],
        )


def read_file(path: Path, known: Callable[[str], bool] = lambda name: name[:1].isupper()) -> list[Declaration]:
    """Read a resource file, or its kept form; resources come before extensions.

    Args:
        path: the file.
        known: says whether there is a class of a given name, or a plugin's type by a given word.

    Raises:
        SpecError: it can't be read, or is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: can't be read: {error}"
        raise SpecError(msg) from None
    key, kept = _key(text), _place(path)
    if key and kept and (found := _found(kept, key)) is not None:
        return [attrs.evolve(spec, file=str(path)) for spec in found]
    from connectapi.spec.load import load_text  # cattrs and YAML load with the first file that was not kept

    specs = load_text(text, file=str(path), known=known)
    if key and kept and not sys.dont_write_bytecode:
        _keep(kept, _Kept.of(key, specs))
    return sorted(specs, key=lambda spec: isinstance(spec, ExtensionSpec))


def _place(path: Path) -> Path | None:
    try:
        return Path(cache_from_source(str(path))).with_suffix(".json")
    except NotImplementedError:  # a Python that keeps nothing
        return None


def _key(text: str) -> str:
    """Return what tells this text, read by this loader, from any other; empty if the loader can't be told."""
    loader = _loader()
    return blake2b(loader + text.encode(), digest_size=20).hexdigest() if loader else ""


@cache
def _loader() -> bytes:
    try:
        files = sorted((file.name, file.stat()) for file in _HERE.glob("*.py"))
    except OSError:
        return b""
    return repr([(name, stat.st_size, stat.st_mtime_ns) for name, stat in files]).encode()


def _found(kept: Path, key: str) -> list[Declaration] | None:
    # Whatever is wrong with it: the YAML says it all.
    with suppress(OSError, msgspec.MsgspecError, RecursionError, ValueError):
        found = msgspec.json.decode(kept.read_bytes(), type=_Kept)
        if found.key == key:
            return [*found.specs, *found.extensions]
    return None


def _keep(kept: Path, what: _Kept) -> None:
    # Written beside its place and then moved there, so that nobody reads half of it.
    beside = kept.with_name(f"{kept.name}.{os.getpid()}-{get_ident()}")
    with suppress(OSError):  # such as a folder that only its owner may write to
        kept.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_bytes(msgspec.json.encode(attrs.asdict(what, filter=lambda each, _: each.name != "words")))
            beside.replace(kept)
        finally:
            beside.unlink(missing_ok=True)
