"""What deploying does: a bundle is looked at and unpacked, and what it says of the content is taken over.

Published code never runs here. What is static is served; all else is accepted, and its log says that
it was not run.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from attrs import define, field

from connectapi.testing.archive import BadArchiveError, look_into, unpack
from connectapi.testing.manifest import (
    VERSIONS,
    checksums,
    first_page,
    job_tag,
    listed,
    manifest_of,
    not_run,
    taken_over,
)
from connectapi.testing.refusal import Refusal
from connectapi.testing.requirements import python_packages
from connectapi.testing.store import Document
from connectapi.testing.tasks import token
from connectapi.testing.world import World

__all__ = [
    "FIRST_BUNDLE",
    "Deployment",
    "app_modes",
    "archive_path",
    "deploy",
    "forget",
    "keep_archive",
    "thumbnail_path",
    "unpacked_path",
]

#: The first number that a bundle gets; real servers have long been running.
FIRST_BUNDLE: Final = 101

#: How many warnings of a kind the log has.
_WARNINGS: Final = 10


@define
class Deployment:
    """What came of deploying a bundle."""

    lines: list[str] = field(factory=list)
    error: str = ""
    content: Document = field(factory=dict)
    bundle: Document = field(factory=dict)
    tag: str = "unknown"


def archive_path(world: World, content_guid: str, bundle_id: str) -> Path:
    """Return where a bundle lies as it was uploaded."""
    return world.folder / "bundles" / content_guid / f"{bundle_id}.tar.gz"


def keep_archive(world: World, content_guid: str, bundle_id: str, incoming: Path) -> None:
    """Move an archive to where the bundle of this number has it."""
    target = archive_path(world, content_guid, bundle_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    incoming.rename(target)


def unpacked_path(world: World, content_guid: str, bundle_id: str) -> Path:
    """Return where a deployed bundle's files lie."""
    return world.folder / "content" / content_guid / bundle_id


def thumbnail_path(world: World, content_guid: str) -> Path:
    """Return where the small image of a content item lies."""
    return world.folder / "thumbnails" / content_guid


def forget(world: World, content_guid: str, bundle_id: str | None = None) -> None:
    """Delete the files of a bundle, or all files of a content item."""
    if bundle_id is None:
        shutil.rmtree(world.folder / "bundles" / content_guid, ignore_errors=True)
        shutil.rmtree(world.folder / "content" / content_guid, ignore_errors=True)
        thumbnail_path(world, content_guid).unlink(missing_ok=True)
    else:
        archive_path(world, content_guid, bundle_id).unlink(missing_ok=True)
        shutil.rmtree(unpacked_path(world, content_guid, bundle_id), ignore_errors=True)


def deploy(world: World, content: Document, bundle: Document, *, unpacked: bool = True) -> Deployment:
    """Unpack a bundle and work out what its deployment changes, when it is over.

    Args:
        world: the server.
        content: what the bundle is deployed to.
        bundle: the bundle, whose archive is there.
        unpacked: whether anyone will ask for its files. If not, they stay packed, which is quicker.
    """
    done = Deployment()
    guid, bundle_id = content["guid"], bundle["id"]
    archive = archive_path(world, guid, bundle_id)
    title = content.get("title") or content["name"]
    try:
        manifest, found = manifest_of(archive, world.limits, app_modes(world)), look_into(archive, world.limits)
        files = found.files
        done.lines.append(f"Bundle {bundle_id} of {title!r}: {len(files)} files, {sum(files.values())} bytes unpacked.")
        page = _checked_page(manifest, files)
        root = unpacked_path(world, guid, bundle_id)
        if unpacked:
            _unpack_once(world, archive, root, found.top)
            done.lines += _warnings(manifest, files, root)
        _tell(manifest, files, page, done)
        if name := done.content["_requirements"]:
            done.content["_packages"] = [*python_packages(root / name), *done.content["_packages"]]
    except (_FailedError, Refusal) as error:
        done.error = str(error)
    except (BadArchiveError, OSError) as error:
        done.error = f"The bundle could not be unpacked: {error}"
    return done


def app_modes(world: World) -> Collection[str | int]:
    """Return the kinds of content that the server knows."""
    return world.specs["Content"].fields["app_mode"].values


class _FailedError(Exception):
    pass


def _checked_page(manifest: Document, files: Mapping[str, int]) -> str | None:
    """Return the page that stands for the content, if it has one; fail if the manifest names one that isn't there."""
    page, wanted = first_page(manifest, files), manifest["metadata"].get("primary_html")
    if page is None and wanted and manifest["metadata"]["appmode"] == "static":
        msg = f"The first page {wanted!r} is not in the bundle."
        raise _FailedError(msg)
    return page


def _warnings(manifest: Document, files: Mapping[str, int], root: Path) -> Iterator[str]:
    """Yield where the manifest and the files differ. It may be older than they are, so that alone is no fault."""
    folders = {str(above) for name in files for above in PurePosixPath(name).parents}
    missing = sorted(set(listed(manifest)) - set(files) - folders)
    changed = [name for name, digest in checksums(manifest) if name in files and _md5(root / name) != digest]
    yield from (f"Warning: the manifest lists {name}, which is not in the bundle." for name in missing[:_WARNINGS])
    yield from (f"Warning: {name} is not as the manifest's checksum says." for name in changed[:_WARNINGS])
    if (more := len(missing[_WARNINGS:]) + len(changed[_WARNINGS:])) > 0:
        yield f"Warning: {more} more files are not as the manifest says."


def _md5(path: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while data := file.read(2**18):
            digest.update(data)
    return digest.hexdigest()


def _tell(manifest: Document, files: Mapping[str, int], page: str | None, done: Deployment) -> None:
    mode = manifest["metadata"]["appmode"]
    done.lines.append(f"Building {mode} content…")
    if mode == "static":
        done.lines.append(f"The first page is {page}." if page else "There is no HTML page: the files are listed.")
        done.lines.append("Static content is ready to be served.")
    else:
        done.lines += not_run(manifest)
        if page:
            done.lines.append(f"The bundle has {page}, rendered before it was published: that is what people see.")
    done.tag = job_tag(mode)
    done.content = taken_over(manifest, files)
    done.bundle = {**{name: done.content[name] for name in VERSIONS}, "_page": page}


def _unpack_once(world: World, archive: Path, into: Path, top: str) -> None:
    if into.is_dir():
        return
    # Unpacked elsewhere and then moved to its place, so that what is in its place is whole.
    incoming = world.folder / "incoming" / token()
    try:
        unpack(archive, incoming, world.limits)
        into.parent.mkdir(parents=True, exist_ok=True)
        (incoming / top).rename(into)
    except OSError:
        if not into.is_dir():  # another deployment of the same bundle may have been faster
            raise
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
