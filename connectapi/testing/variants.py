"""Variants of reports and what was rendered of them: each report that was deployed has its default variant."""

from __future__ import annotations

from typing import Final

from connectapi.testing.conditions import Order
from connectapi.testing.jobs import moment_text
from connectapi.testing.store import Document, Records
from connectapi.testing.tasks import token

__all__ = ["RENDERED", "add_rendering", "default_variant", "forget_renderings", "rendered_bundle", "renderings"]

#: The kinds of content that are rendered, and so have variants.
RENDERED: Final = frozenset({"jupyter-static", "quarto-static", "rmd-static"})

#: How many renderings of a variant are kept, as Connect does unless it is told otherwise.
_KEPT: Final = 30
_NEWEST: Final = (Order("place", ascending=False),)
_NANOSECONDS: Final = 10**9


def default_variant(records: Records, content: Document, now: str) -> Document:
    """Return the default variant of a report, which is made if there is none."""
    found = records.find("AppVariant", scope=content["guid"], limit=1)
    if found:
        return found[0]
    number = records.number("AppVariant")
    document = {
        "id": number,
        "app_id": int(content["id"]),
        "key": token(8),
        "is_default": True,
        "name": "default",
        "created_time": now,
        "visibility": "public",
        "_content": content["guid"],
    }
    return records.insert("AppVariant", str(number), document, content["guid"])


def add_rendering(
    records: Records, variant: Document, bundle_id: str, job_key: str, begun: float, at: float, *, shown: bool = True
) -> Document:
    """Write down that a variant was rendered.

    Args:
        records: the transaction.
        variant: the variant.
        bundle_id: the bundle it was rendered from.
        job_key: the job that did it.
        begun: when that began, in seconds since the epoch.
        at: when it ended.
        shown: whether this rendering is the one that people get to see from now on.
    """
    number, scope = records.number("_Rendering"), str(variant["id"])
    rendering = {
        "id": number,
        "app_id": variant["app_id"],
        "variant_id": variant["id"],
        "bundle_id": int(bundle_id),
        "job_key": job_key,
        "render_time": moment_text(at),
        "render_duration": round((at - begun) * _NANOSECONDS),
    }
    records.insert("_Rendering", str(number), rendering, scope)
    if shown:
        names = ("bundle_id", "render_time", "render_duration")
        changes = {"rendering_id": number, **{name: rendering[name] for name in names}}
        records.change("AppVariant", scope, changes)
    for old in records.find("_Rendering", scope=scope, order=_NEWEST)[_KEPT:]:
        records.delete("_Rendering", key=str(old["id"]), scope=scope)
    return rendering


def renderings(records: Records, variant: Document) -> list[Document]:
    """Return the renderings of a variant that are kept, the newest first."""
    found = records.find("_Rendering", scope=str(variant["id"]), order=_NEWEST)
    return [{**each, "active": each["id"] == variant.get("rendering_id")} for each in found]


def rendered_bundle(records: Records, content: Document, rendering_id: str) -> str | None:
    """Return the bundle that a rendering of some variant of a report was made from."""
    found = records.get("_Rendering", rendering_id)
    variant = found and records.get("AppVariant", str(found["variant_id"]), content["guid"])
    return str(found["bundle_id"]) if found and variant else None


def forget_renderings(records: Records, content_guid: str) -> None:
    """Delete what is kept of the renderings of a report's variants."""
    for variant in records.find("AppVariant", scope=content_guid):
        records.delete("_Rendering", scope=str(variant["id"]))
