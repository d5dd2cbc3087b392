"""A file that is there whole, or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

__all__ = ["placed"]


@contextmanager
def placed(target: Path, mode: int = 0o666) -> Iterator[BinaryIO]:
    """Open a file beside `target` that takes its name when the block ends well, and else is removed.

    Args:
        target: where it goes.
        mode: who may do what with it, as far as the process's mask lets them.

    Raises:
        FileNotFoundError: there is no directory for it.
        IsADirectoryError: it is a directory itself.
    """
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such directory: make it first", str(target.parent))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "this is a directory: name a file in it", str(target))
    part = target.with_name(f".connectapi-{uuid4().hex}.part")
    part.touch(mode, exist_ok=False)  # not tempfile, whose files nobody else may ever read afterwards
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # else a power cut could leave the name without the content
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
