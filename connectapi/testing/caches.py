"""The caches of packages: one for each version of a language that deployed content asks for."""

from __future__ import annotations

from typing import Final

from connectapi.testing.store import Document, Records

__all__ = ["LOCAL", "cache_key", "keep_caches"]

#: The image that stands for the server itself.
LOCAL: Final = "Local"

_LANGUAGES: Final = (("R", "r_version"), ("Python", "py_version"))


def cache_key(language: str, version: str, image_name: str) -> str:
    """Return what identifies a cache."""
    return f"{language}/{version}/{image_name}"


def keep_caches(records: Records, content: Document) -> None:
    """Note which caches content needs that was deployed. There are no packages in them: nothing is installed."""
    image = content.get("image_name") or LOCAL
    for language, field in _LANGUAGES:
        if version := content.get(field):
            document = {"language": language, "version": version, "image_name": image}
            records.put("RuntimeCache", cache_key(language, version, image), document)
