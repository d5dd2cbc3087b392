"""What is published, as a browser gets it: the files of a bundle, under the address of its content."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import quote

from attrs import evolve, frozen
from werkzeug.security import safe_join
from werkzeug.utils import redirect, send_file
from werkzeug.wrappers import Request, Response

from connectapi.testing import pages
from connectapi.testing.conditions import one_of
from connectapi.testing.identity import Caller, may_edit
from connectapi.testing.publishing import thumbnail_path, unpacked_path
from connectapi.testing.store import Document, Records
from connectapi.testing.variants import RENDERED, rendered_bundle
from connectapi.testing.world import World

__all__ = ["Place", "find_place", "query_of", "show"]

_CONTENT: Final = "/content/"
_THUMBNAIL: Final = "__thumbnail__"

#: One bundle of content rather than the one in use: by its number, or by that of a rendering.
_REVISION: Final = re.compile(r"_(?P<what>rev|bundle)(?P<id>\d{1,18})(?P<rest>/.*)?", re.DOTALL)


@frozen
class Place:
    """What lies at an address.

    `below` is the path within the content, None if the address lacks its last slash. `bundle` is the
    bundle that the address asks for, or else the one in use, if there is one.
    """

    content: Document
    below: str | None
    bundle: Document | None = None


def find_place(records: Records, path: str, caller: Caller | None) -> Place | None:
    """Find what is published at an address."""
    if path.startswith(_CONTENT):
        guid, slash, rest = path.removeprefix(_CONTENT).partition("/")
        content, below = records.get("Content", guid), rest if slash else None
    else:
        content, below = _by_vanity(records, path)
    if content is None:
        return None
    place = Place(content, below)
    if below and (match := _REVISION.fullmatch(below)):
        return _revision(records, place, match, caller)
    bundle_id = content.get("bundle_id")
    return evolve(place, bundle=records.get("Bundle", bundle_id, content["guid"]) if bundle_id else None)


def show(world: World, request: Request, place: Place) -> Response:
    """Answer with what lies at a place, to somebody who may see the content."""
    if place.below is None:
        return redirect(f"{quote(request.path)}/{query_of(request)}", 301)
    if place.below == _THUMBNAIL:
        return _thumbnail(world, request, place.content)
    return _shown(world, request, place, place.below)


def _shown(world: World, request: Request, place: Place, below: str) -> Response:
    content, bundle = place.content, place.bundle
    if content.get("locked"):
        text = content.get("locked_message") or "Its owner has locked this content."
        return pages.message(403, "Locked", text)
    if bundle is None:
        return pages.message(404, "Not deployed", "This content was not deployed yet.")
    if bundle["_mode"] != "static" and bundle.get("_page") is None:
        return _not_run(content, bundle, below)
    root = unpacked_path(world, content["guid"], bundle["id"])
    return _file(request, root, below) if below else _front(request, content, root, bundle.get("_page"))


def query_of(request: Request) -> str:
    """Return the query of a request with its question mark; empty if there is none."""
    text = request.query_string.decode("latin-1")
    return f"?{text}" if text else ""


def _by_vanity(records: Records, path: str) -> tuple[Document | None, str | None]:
    parts = path.split("/")
    above = ["/".join(parts[:i]) + "/" for i in range(2, min(len(parts), 50) + 1)]
    for vanity in records.find("Vanity", one_of("path", above)):
        below = path.removeprefix(vanity["path"]) if path.startswith(vanity["path"]) else None
        return records.get("Content", vanity["content_guid"]), below
    return None, None


def _revision(records: Records, place: Place, match: re.Match[str], caller: Caller | None) -> Place | None:
    """Return the place in a bundle other than the one in use; one that never was is for those who may edit."""
    content, number = place.content, match["id"]
    if match["what"] == "rev" and content["app_mode"] in RENDERED:
        number = rendered_bundle(records, content, number) or number
    bundle = records.get("Bundle", number, content["guid"])
    if bundle is None or not bundle.get("_deployed"):
        return None
    if not bundle.get("_was_active") and not may_edit(records, content, caller):
        return None
    rest = match["rest"]
    return evolve(place, bundle=bundle, below=rest[1:] if rest else None)


def _not_run(content: Document, bundle: Document, below: str) -> Response:
    """Say that this is no static content: at its first address that all is well, below that nothing answers."""
    mode = bundle["_mode"]
    title = content.get("title") or content["name"]
    text = f"This content was accepted and is not run: it is of the kind {mode}, and this server serves static content."
    return pages.message(501 if below else 200, title, text)


def _front(request: Request, content: Document, root: Path, first: str | None) -> Response:
    """Answer with the page that stands for the content; with links to its files, if it has none."""
    if first is not None:
        return redirect(f"{quote(request.path)}{quote(first)}", 302) if "/" in first else _file(request, root, first)
    files = [file for file in sorted(root.rglob("*")) if file.is_file() and file.name != "manifest.json"]
    names = (file.relative_to(root).as_posix() for file in files)
    items = "\n".join(f'<li><a href="{quote(name)}">{escape(name)}</a></li>' for name in names)
    return pages.page(content.get("title") or content["name"], f"<ul>\n{items}\n</ul>")


def _file(request: Request, root: Path, below: str) -> Response:
    joined = None if "\0" in below else safe_join(str(root), below)
    path = Path(joined) if joined else root / "missing"
    if path.is_dir():
        if not below.endswith("/"):
            return redirect(f"{quote(request.path)}/{query_of(request)}", 301)
        path /= "index.html"
    # The unpacked files have no links among them; that they still lie where they should costs little to see.
    if not path.is_file() or not path.resolve().is_relative_to(root.resolve()):
        return pages.message(404, "Not found", "This content has no such page.")
    return send_file(path, request.environ, conditional=True)


def _thumbnail(world: World, request: Request, content: Document) -> Response:
    path = thumbnail_path(world, content["guid"])
    if not path.is_file():
        return Response(status=204)
    kind = "image/png" if path.read_bytes()[:4] == b"\x89PNG" else "image/jpeg"
    return send_file(path, request.environ, mimetype=kind)
