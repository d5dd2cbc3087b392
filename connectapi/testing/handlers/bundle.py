"""Bundles: taken as they are sent, checked, kept, and given back byte for byte."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

from werkzeug.utils import send_file

from connectapi.testing import generic, publishing
from connectapi.testing.archive import BadArchiveError, members, read_member
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.conditions import Order
from connectapi.testing.manifest import manifest_of
from connectapi.testing.refusal import Refusal, absent, bad
from connectapi.testing.registry import handles
from connectapi.testing.shape import view
from connectapi.testing.store import Document
from connectapi.testing.tasks import token

__all__: list[str] = []

_METADATA: Final = ("source", "source_repo", "source_branch", "source_commit")


@view("Bundle")
def show(call: Call, document: Document, include: frozenset[str]) -> Document:
    """Add whether it is the bundle in use; hide from viewers what it runs with."""
    _ = include
    content = call.records.get("Content", document["content_guid"]) or {}
    shown = {**document, "active": content.get("bundle_id") == document["id"]}
    if not call.user.is_at_least("publisher"):
        hidden = ("r_version", "py_version", "quarto_version", "r_environment_management", "py_environment_management")
        shown.update(dict.fromkeys(hidden))
    return shown


@handles("Bundle", "get")
def get(call: Call) -> Answer:
    """List bundles, the newest first."""
    answer: Answer = generic.listed(call, usual=[Order("place", ascending=False)])
    return answer


@handles("Bundle", "create", alone=True)
def create(call: Call) -> Answer:
    """Take an archive, check it, keep it."""
    guid = call.path["content_guid"]
    incoming = call.world.folder / "incoming" / token()
    incoming.parent.mkdir(parents=True, exist_ok=True)
    try:
        metadata = _receive(call, incoming)
        manifest = manifest_of(incoming, call.world.limits, publishing.app_modes(call.world))
        with call.world.store.writing() as records:
            content = records.get("Content", guid)
            if content is None:
                raise absent("The content")
            _refuse_upload(content)
            number = str(records.number("Bundle", publishing.FIRST_BUNDLE))
            document = {
                "id": number,
                "content_guid": guid,
                "created_by": call.user.guid,
                "created_time": call.world.now(),
                "size": incoming.stat().st_size,
                "metadata": metadata,
                "_mode": manifest["metadata"]["appmode"],
            }
            records.insert("Bundle", number, document, guid)
            publishing.keep_archive(call.world, guid, number, incoming)
            call.records = records
            return generic.answered(call, document)
    finally:
        incoming.unlink(missing_ok=True)


@handles("Bundle", "delete")
def delete(call: Call) -> Answer:
    """Delete a bundle that is not in use."""
    bundle = call.item()
    guid, bundle_id = bundle["content_guid"], bundle["id"]
    if call.item("Content", guid).get("bundle_id") == bundle_id:
        raise bad("The bundle in use can't be deleted; deploy another one first.", "DeleteActiveBundle")
    call.records.delete("Bundle", key=bundle_id, scope=guid)
    call.after.append(lambda: publishing.forget(call.world, guid, bundle_id))
    return Reply(204)


@handles("Bundle", "download")
def download(call: Call) -> Answer:
    """Give back the archive as it came."""
    bundle, path = _archive(call)
    name = f"bundle-{bundle['id']}.tar.gz"
    return send_file(path, call.request.environ, mimetype="application/gzip", as_attachment=True, download_name=name)


@handles("Bundle", "list_files")
def list_files(call: Call) -> Answer:
    """List the plain files in the archive, with their sizes."""
    _, path = _archive(call)
    return {
        "files": [{"path": name, "size": size} for name, size in _readable(lambda: members(path, call.world.limits))]
    }


@handles("Bundle", "read_file")
def read_file(call: Call) -> Answer:
    """Return the text of one file."""
    _, path = _archive(call)
    wanted, limits = call.path["path"], call.world.limits
    sizes = dict(_readable(lambda: members(path, limits)))
    if wanted not in sizes:
        raise Refusal(404, "BundleFileNotFound", "The bundle has no such file.")
    data = _readable(lambda: read_member(path, wanted, limits, limits.inline)) or b""
    oversize = sizes[wanted] > limits.inline
    try:
        text = None if oversize or b"\0" in data else data.decode()
    except UnicodeDecodeError:
        text = None
    binary = text is None and not oversize
    return {"path": wanted, "size": sizes[wanted], "content": text, "binary": binary, "oversize": oversize}


def _readable(read: Any) -> Any:
    try:
        return read()
    except BadArchiveError as error:
        raise bad(f"The bundle can't be read: {error}.", "BundleExtract") from None


def _archive(call: Call) -> tuple[Document, Path]:
    bundle = call.item()
    path = publishing.archive_path(call.world, bundle["content_guid"], bundle["id"])
    if not path.is_file():
        raise Refusal(404, "BundleMissing", "The server has no archive of this bundle.")
    return bundle, path


def _refuse_upload(content: Document) -> None:
    if content.get("locked"):
        raise bad("The content is locked.", "LockedContentBundle")
    if content.get("_repository"):
        raise bad("The content comes from a git repository.", "NoBundleUploadForGitManagedApp")


def _receive(call: Call, path: Path) -> Document:
    """Write the archive to a file, and return what is known of where it came from."""
    request = call.request
    request.max_content_length = call.world.limits.bundle
    if "url" in call.params:
        raise _not_fetched(call.params["url"])
    metadata: Document = {}
    if request.mimetype == "multipart/form-data":
        archive = request.files.get("archive")
        if archive is None and request.form.get("url"):
            raise _not_fetched(request.form["url"])
        if archive is None:
            raise bad("The form has no file called 'archive'.", "BundleMissing")
        metadata = _metadata(request.form.get("metadata", ""))
        digests = _copy(archive.stream, path)
    else:
        digests = _copy(request.stream, path)
    md5 = digests["archive_md5"]
    wanted = call.params.get("checksum")
    if wanted is not None and wanted.strip() not in {md5, base64.b64encode(bytes.fromhex(md5)).decode()}:
        raise bad("The archive does not have the checksum that came with it; send it again.", "ContentChecksum")
    if not path.stat().st_size:
        raise bad("The body is empty; send a gzipped tar archive.", "BundleMissing")
    return {**metadata, **digests}


def _not_fetched(url: str) -> Refusal:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return bad(f"{url[:100]!r} is not the URL of an archive.", "InvalidBundleURL")
    return bad("This server fetches nothing from other addresses; send the archive.", "UnableToGetBundleFromURL")


def _copy(source: IO[bytes], path: Path) -> Document:
    md5, sha1 = hashlib.md5(usedforsecurity=False), hashlib.sha1(usedforsecurity=False)
    with path.open("wb") as file:
        while data := source.read(2**18):
            md5.update(data)
            sha1.update(data)
            file.write(data)
    return {"archive_md5": md5.hexdigest(), "archive_sha1": sha1.hexdigest()}


def _metadata(text: str) -> Document:
    try:
        given = json.loads(text or "{}")
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise bad("The form's 'metadata' is not a JSON object.", "InvalidJson")
    return {name: str(given[name]) for name in _METADATA if given.get(name) is not None}
