"""What deploying does: a bundle is looked at and unpacked, and what it says of the content is taken over.

Published code never runs here. What is static is served; all else is accepted, and its log says that
it was not run.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from attrs import define, field

from connectapi.testing.archive import BadArchiveError, members, unpack
from connectapi.testing.manifest import VERSIONS, first_page, job_tag, listed, manifest_of, not_run, taken_over
from connectapi.testing.store import Document
from connectapi.testing.tasks import token
from connectapi.testing.world import World

__all__ = ["Deployment", "archive_path", "deploy", "forget", "thumbnail_path", "unpacked_path"]


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


def deploy(world: World, content: Document, bundle: Document) -> Deployment:
    """Unpack a bundle and work out what its deployment changes, when it is over."""
    done = Deployment()
    guid, bundle_id = content["guid"], bundle["id"]
    archive = archive_path(world, guid, bundle_id)
    title = content.get("title") or content["name"]
    try:
        manifest = manifest_of(archive, world.limits)
        files = dict(members(archive, world.limits))
        done.lines.append(f"Bundle {bundle_id} of {title!r}: {len(files)} files, {sum(files.values())} bytes unpacked.")
        page = _checked_page(world, manifest, files)
        _unpack_once(world, archive, unpacked_path(world, guid, bundle_id))
        _tell(manifest, files, page, done)
    except _FailedError as error:
        done.error = str(error)
    except (BadArchiveError, OSError) as error:
        done.error = f"The bundle could not be unpacked: {error}"
    return done


class _FailedError(Exception):
    pass


def _checked_page(world: World, manifest: Document, files: Mapping[str, int]) -> str | None:
    """Return the first page of static content, None for other kinds; fail for what can't be deployed."""
    metadata, mode = manifest["metadata"], manifest["metadata"]["appmode"]
    if mode == "unknown" or mode not in world.specs["Content"].fields["app_mode"].values:
        msg = f"The manifest names a kind of content that this server does not have: {mode!r}."
        raise _FailedError(msg)
    if mode != "static":
        return None
    page = first_page(metadata, files)
    if page is None:
        wanted = metadata.get("primary_html")
        msg = f"The first page {wanted!r} is not in the bundle." if wanted else "The bundle has no HTML page."
        raise _FailedError(msg)
    return page


def _tell(manifest: Document, files: Mapping[str, int], page: str | None, done: Deployment) -> None:
    mode = manifest["metadata"]["appmode"]
    missing = sorted(set(listed(manifest)) - set(files))
    done.lines += [f"Warning: the manifest lists {name}, which is not in the bundle." for name in missing[:10]]
    if page is not None:
        done.lines += [
            "Building static content…",
            f"The first page is {page}.",
            "Static content is ready to be served.",
        ]
    else:
        done.lines += list(not_run(mode, manifest))
    done.tag = job_tag(mode)
    done.content = {**taken_over(manifest, files), "_page": page}
    done.bundle = {name: done.content[name] for name in VERSIONS}


def _unpack_once(world: World, archive: Path, into: Path) -> None:
    if into.is_dir():
        return
    # Unpacked beside its place and then moved there, so that what is in its place is whole.
    beside = into.with_name(f".{into.name}.{token(8)}")
    try:
        unpack(archive, beside, world.limits)
        beside.rename(into)
    except OSError:
        if not into.is_dir():  # another deployment of the same bundle may have been faster
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
