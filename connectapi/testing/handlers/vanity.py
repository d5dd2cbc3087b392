"""Vanity URLs: one content item a path, no path within another."""

from __future__ import annotations

import re
from typing import Final

from connectapi.testing import generic
from connectapi.testing.call import Answer, Call
from connectapi.testing.identity import may_edit
from connectapi.testing.refusal import Refusal, bad, denied
from connectapi.testing.registry import handles

__all__ = ["vanity_path"]

_PATH: Final = re.compile(r"/(?:[A-Za-z0-9._-]+/)+")
_RESERVED: Final = frozenset({"__api__", "__login__", "__ping__", "apps", "connect", "content", "favicon.ico"})


@handles("Vanity", "update")
def update(call: Call) -> Answer:
    """Give content a path, which is taken from other content only by force."""
    path = vanity_path(call.body.get("path") or "")
    for other in call.records.find("Vanity"):
        if other["content_guid"] == call.key:
            continue
        if other["path"] == path:
            _take(call, other["content_guid"], force=bool(call.body.get("force")))
        elif other["path"].startswith(path) or path.startswith(other["path"]):
            raise Refusal(409, "VanityPathInUse", f"{path} and {other['path']} lie within each other.")
    before = call.records.get("Vanity", call.key)
    made = before["created_time"] if before and before["path"] == path else call.world.now()
    document = {**call.own_fields, "content_guid": call.key, "path": path, "created_time": made}
    return generic.answered(call, call.records.put("Vanity", call.key, document))


def vanity_path(text: str) -> str:
    """Return a path as it is kept, or refuse one that content can't have."""
    path = f"/{text.strip('/')}/"
    parts = path.strip("/").split("/")
    if not _PATH.fullmatch(path) or {".", ".."} & set(parts):
        raise bad("A vanity path has letters, digits, '.', '_' and '-' between its slashes.", "ProhibitedVanityPath")
    if parts[0].lower() in _RESERVED:
        raise bad(f"Paths that begin with /{parts[0]}/ are the server's own.", "ProhibitedVanityPath")
    return path


def _take(call: Call, guid: str, *, force: bool) -> None:
    if not force:
        raise Refusal(409, "VanityPathInUse", "Other content has this path.")
    if not may_edit(call.records, call.item("Content", guid), call.caller):
        raise denied("The content that has this path is not yours to change.")
    call.records.delete("Vanity", key=guid)
