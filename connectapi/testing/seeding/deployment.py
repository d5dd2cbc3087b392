"""Content that is there from the start: its bundle packed, deployed and in use, with the job that did it."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, Final, TypeAlias
from uuid import UUID

from connectapi.testing import publishing
from connectapi.testing.caches import keep_caches
from connectapi.testing.jobs import Job, add_job
from connectapi.testing.manifest import VERSIONS
from connectapi.testing.store import Document, Records
from connectapi.testing.variants import RENDERED, add_rendering, default_variant
from connectapi.testing.world import World

__all__ = ["Files", "deploy", "read_files"]

#: What is in a bundle, by the names within it.
Files: TypeAlias = Mapping[str, bytes]

_MANIFEST: Final = "manifest.json"

#: How the names of those files end that lead to what people see, or tell which packages are needed.
_ASKED_FOR: Final = (".html", ".htm", "requirements.txt")


def read_files(folder: Path, given: Any) -> dict[str, bytes]:
    """Return the files that are to be deployed.

    Args:
        folder: where a relative path begins.
        given: the path of a folder, or texts by the names of files.

    Raises:
        ValueError: it is neither, or there is nothing.
    """
    if isinstance(given, dict):
        wrong = next((name for name, text in given.items() if not isinstance(text, str)), None)
        if wrong is not None:
            raise ValueError(f"the file {wrong!r} is no text")
        found = {name: text.encode() for name, text in given.items()}
    elif isinstance(given, str):
        root = folder / given
        if not root.is_dir():
            raise ValueError(f"there is no folder {root}")
        paths = sorted(path for path in root.rglob("*") if path.is_file())
        found = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    else:
        raise ValueError("expected the path of a folder, or texts by the names of files")  # noqa: TRY004 -- as the others
    if not found:
        raise ValueError("there are no files")
    for name in found:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or str(path) != name or "\\" in name or "\0" in name:
            raise ValueError(f"{name!r} is no path of a file within a bundle")
    return found


def deploy(world: World, records: Records, content: Document, files: Files, given: set[str]) -> str:
    """Upload and deploy a bundle for content, as of its last deployment; return what is wrong, if something is.

    Args:
        world: the server.
        records: the transaction.
        content: the content, which is in the records.
        files: what is in the bundle; a manifest is made if there is none.
        given: the fields of the content that stay as they are, whatever the bundle says.
    """
    guid, number = content["guid"], content.get("bundle_id") or str(records.number("Bundle", publishing.FIRST_BUNDLE))
    packed = dict(files) if _MANIFEST in files else {_MANIFEST: _manifest(content, files), **files}
    path = publishing.archive_path(world, guid, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_archive(tuple(packed.items())))
    bare = _MANIFEST not in files and content["app_mode"] not in {"static", "unknown"}
    asked_for = not bare or any(name.lower().endswith(_ASKED_FOR) for name in files)
    done = publishing.deploy(world, content, {"id": number}, unpacked=asked_for)
    if done.error:
        return done.error
    bundle = {
        "id": number,
        "content_guid": guid,
        "created_by": content["owner_guid"],
        "created_time": content["last_deployed_time"],
        "size": path.stat().st_size,
        "_mode": done.content["app_mode"],
        "_deployed": True,
        "_was_active": True,
        **{name: done.content[name] for name in VERSIONS},
        **done.bundle,
    }
    records.insert("Bundle", number, bundle, guid)
    changes = {name: value for name, value in done.content.items() if name not in given}
    content = records.change("Content", guid, {**changes, "bundle_id": number})
    keep_caches(records, content)
    begun = datetime.datetime.fromisoformat(content["last_deployed_time"].replace("Z", "+00:00")).timestamp()
    key = f"{UUID(guid).int:x}"[:16]
    add_job(records, content, Job(bundle_id=number, tag=done.tag, lines=done.lines, begun=begun, key=key))
    if content["app_mode"] in RENDERED:
        variant = default_variant(records, content, content["created_time"])
        add_rendering(records, variant, number, key, begun, begun)
    return ""


def _manifest(content: Document, files: Files) -> bytes:
    mode = content["app_mode"]
    if mode == "unknown":
        mode = "static"
    metadata: Document = {"appmode": mode}
    if mode == "static" and "index.html" in files:
        metadata["primary_html"] = "index.html"
    if content.get("content_category"):
        metadata["content_category"] = content["content_category"]
    manifest: Document = {"version": 1, "metadata": metadata, "files": {name: {} for name in files}}
    if mode.startswith(("python-", "jupyter-", "tensorflow-")):
        package_manager = {"name": "pip", "package_file": "requirements.txt"}
        manifest["python"] = {"version": "3.11.9", "package_manager": package_manager}
    if mode in {"api", "shiny"} or mode.startswith(("rmd-", "quarto-")):
        manifest["platform"] = "4.3.3"
    if mode.startswith("quarto-"):
        manifest["quarto"] = {"version": "1.4.557", "engines": ["knitr"]}
    return json.dumps(manifest, indent=1).encode()


@cache
def _archive(files: tuple[tuple[str, bytes], ...]) -> bytes:
    """Pack files into an archive that is the same each time."""
    raw = io.BytesIO()
    with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return raw.getvalue()
