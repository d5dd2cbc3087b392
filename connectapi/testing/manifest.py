"""What the manifest of a bundle says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from connectapi.testing.archive import BadArchiveError, read_member
from connectapi.testing.refusal import bad
from connectapi.testing.store import Document
from connectapi.testing.world import Limits

__all__ = ["VERSIONS", "first_page", "job_tag", "listed", "manifest_of", "not_run", "taken_over"]

#: The job that prepares content of each kind.
_TAGS: Final[Mapping[str, str]] = {
    "static": "build_site",
    "jupyter-static": "build_jupyter",
    "quarto-static": "build_report",
    "rmd-static": "build_report",
    "api": "packrat_restore",
    "shiny": "packrat_restore",
    "rmd-shiny": "packrat_restore",
}

_LARGEST_MANIFEST: Final = 10 * 2**20

#: What a bundle takes over from its manifest, as content does.
VERSIONS: Final = (
    "r_version",
    "py_version",
    "quarto_version",
    "r_environment_management",
    "py_environment_management",
)


def manifest_of(archive: Path, limits: Limits) -> Document:
    """Return the manifest of an archive.

    Raises:
        Refusal: the archive can't be read, or has no manifest.json that is one.
    """
    try:
        data = read_member(archive, "manifest.json", limits, _LARGEST_MANIFEST)
    except BadArchiveError as error:
        raise bad(f"The bundle can't be used: {error}.", "InvalidManifest") from None
    if data is None:
        raise bad("The bundle has no manifest.json at its top.", "InvalidManifest")
    if len(data) > _LARGEST_MANIFEST:
        raise bad(f"The bundle's manifest.json has more than {_LARGEST_MANIFEST} bytes.", "InvalidManifest")
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise bad(f"The bundle's manifest.json is not JSON: {error}.", "InvalidManifest") from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("metadata"), dict):
        raise bad("The bundle's manifest.json has no object 'metadata'.", "InvalidManifest")
    if not isinstance(manifest["metadata"].get("appmode"), str):
        raise bad("The bundle's manifest.json has no 'metadata.appmode'.", "InvalidManifest")
    return manifest


def listed(manifest: Mapping[str, Any]) -> list[str]:
    """Return the files that a manifest lists."""
    files = manifest.get("files")
    return [name for name in files if isinstance(name, str)] if isinstance(files, dict) else []


def job_tag(mode: str) -> str:
    """Return what the job that prepares content of a kind does, in Connect's word."""
    return _TAGS.get(mode, "python_restore")


def first_page(metadata: Mapping[str, Any], files: Mapping[str, int]) -> str | None:
    """Return the page that stands for static content; None if there is none."""
    wanted = metadata.get("primary_html")
    if isinstance(wanted, str) and wanted:
        return wanted if wanted in files else None
    pages = [name for name in sorted(files) if name.lower().endswith((".html", ".htm"))]
    return "index.html" if "index.html" in files else pages[0] if len(pages) == 1 else None


def taken_over(manifest: Document, files: Mapping[str, int]) -> Document:
    """Return what content takes over from its manifest."""
    metadata = manifest["metadata"]
    python, quarto = _object(manifest, "python"), _object(manifest, "quarto")
    r_version = _text(manifest.get("platform"))
    category = _text(metadata.get("content_category")) or ""
    return {
        "app_mode": metadata["appmode"],
        "content_category": category,
        "parameterized": bool(metadata.get("has_parameters")),
        "r_version": r_version,
        "py_version": _text(python.get("version")),
        "quarto_version": _text(quarto.get("version")),
        "r_environment_management": True if r_version else None,
        "py_environment_management": True if python else None,
        "_packages": list(_packages(manifest)),
        "_requirements": "requirements.txt" if "requirements.txt" in files else None,
    }


def _packages(manifest: Document) -> Iterator[Document]:
    for name, package in sorted(_object(manifest, "packages").items()):
        description = _object(package if isinstance(package, dict) else {}, "description")
        yield {"language": "r", "name": name, "version": _text(description.get("Version")) or "", "hash": None}


def not_run(mode: str, manifest: Document) -> Iterator[str]:
    """Yield what the log says of content that would have to run."""
    yield f"Building {mode} content…"
    for language, version in (
        ("R", _text(manifest.get("platform"))),
        ("Python", _text(_object(manifest, "python").get("version"))),
        ("Quarto", _text(_object(manifest, "quarto").get("version"))),
    ):
        if version:
            yield f"The bundle asks for {language} {version}."
    yield "The bundle was accepted. Nothing was installed and nothing will run: this server serves static content only."


def _object(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
