"""What a bundle can do beyond its declared calls."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, cast

__all__ = ["BundleMixin"]


class BundleMixin:
    """What a bundle can do beyond its declared calls."""

    __slots__ = ()

    def unpack(self, into: str | os.PathLike[str]) -> Path:
        """Download the archive and unpack it into a directory that is not there yet.

        Whoever packed it need not be trusted: nothing is written outside of the directory, links become
        copies of files in it, and it appears when all is in it. `connectapi.publish.unpack` has the rules,
        and limits to set.

        Args:
            into: the directory to make.

        Returns:
            The directory.

        Raises:
            BundleError: something in the archive can't be unpacked, or is too much; nothing of it is.
            FileExistsError: the directory is there already; nothing was sent.
            APIError: the server refused; collaborators alone may download.

        Example:
            >>> from connectapi import Client, Content
            >>> client = Client("demo")
            >>> site = Content.publish(client, "docs/examples/site", title="Penguins")
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     copy = site.bundles.get()[0].unpack(f"{folder}/penguins")
            ...     sorted(path.name for path in copy.iterdir())[:2]
            ['index.html', 'manifest.json']

        Source: GET /v1/content/{content_guid}/bundles/{bundle_id}/download
        """
        from connectapi.publish.unpack import free, unpack

        target = free(into)
        with tempfile.TemporaryFile(prefix="connectapi-") as archive:
            cast("Any", self).download(to=archive)
            archive.seek(0)
            unpack(cast("BinaryIO", archive), target)
        return target
