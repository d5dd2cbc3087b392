"""What the manifest of a bundle says."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from connectapi.testing.archive import BadArchiveError, look_into, read_member
from connectapi.testing.refusal import Refusal, bad
from connectapi.testing.store import Document
from connectapi.testing.world import Limits

__all__ = ["VERSIONS", "checksums", "first_page", "job_tag", "listed", "manifest_of", "not_run", "taken_over"]

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


#: What a manifest may have besides, if it has it: the JSON type of each.
_TYPES: Final[Mapping[str, tuple[str, type | tuple[type, ...]]]] = {
    "version": ("a number", (int, float)),
    "locale": ("text", str),
    "platform": ("text", str),
    "files": ("an object or a list", (dict, list)),  # some clients list the names alone
    "packages": ("an object", dict),
    "python": ("an object", dict),
    "quarto": ("an object", dict),
}
_TEXTS: Final = ("primary_html", "primary_rmd", "entrypoint", "content_category")


def manifest_of(archive: Path, limits: Limits, modes: Collection[str | int]) -> Document:
    """Return the manifest of an archive.

    Args:
        archive: the archive.
        limits: what the server takes.
        modes: the kinds of content that the server has.

    Raises:
        Refusal: the archive can't be read, or has no manifest.json that is one.
    """
    manifest = _parsed(_text_of(archive, limits))
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict):
        raise _wrong("has no object 'metadata'")
    mode = metadata.get("appmode")
    if not isinstance(mode, str):
        raise _wrong("has no 'metadata.appmode'")
    for name, (words, kind) in _TYPES.items():
        if manifest.get(name) is not None and not isinstance(manifest[name], kind):
            raise _wrong(f"has a {name!r} that is not {words}")
    for name in _TEXTS:
        if not isinstance(metadata.get(name), (str, type(None))):
            raise _wrong(f"has a 'metadata.{name}' that is not text")
    if mode == "nodejs":
        raise bad("Node.js is not enabled on this server.", "NodeJsNotEnabled")
    if mode == "unknown" or mode not in modes:
        message = f"The manifest names a kind of content that this server does not have: {mode[:60]!r}."
        raise bad(message, "InvalidAppMode")
    return manifest


def _text_of(archive: Path, limits: Limits) -> bytes:
    try:
        data = read_member(archive, "manifest.json", limits, _LARGEST_MANIFEST)
        if data is None and (top := look_into(archive, limits).top):
            data = read_member(archive, f"{top}manifest.json", limits, _LARGEST_MANIFEST)
    except BadArchiveError as error:
        raise bad(f"The bundle can't be used: {error}.", "BundleExtract") from None
    if data is None:
        raise bad("The bundle has no manifest.json at its top.", "InvalidManifest")
    if len(data) > _LARGEST_MANIFEST:
        raise _wrong(f"has more than {_LARGEST_MANIFEST} bytes")
    return data


def _parsed(data: bytes) -> Document:
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _wrong(f"is not JSON: {error}") from None
    if not isinstance(manifest, dict):
        raise _wrong("is not a JSON object")
    return manifest


def _wrong(why: str) -> Refusal:
    return bad(f"The bundle's manifest.json {why}.", "InvalidManifest")


def listed(manifest: Mapping[str, Any]) -> list[str]:
    """Return the files that a manifest lists."""
    return [name for name in manifest.get("files") or () if isinstance(name, str)]


def job_tag(mode: str) -> str:
    """Return what the job that prepares content of a kind does, in Connect's word."""
    return _TAGS.get(mode, "python_restore")


def checksums(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the files of which a manifest has the MD5 digest, each with that in lower case."""
    for name, entry in _object(manifest, "files").items():
        digest = _text(_object({"entry": entry}, "entry").get("checksum"))
        if digest:
            yield name, digest.lower()


def first_page(manifest: Mapping[str, Any], files: Collection[str]) -> str | None:
    """Return the page that stands for content: of a report, the one rendered of its source; None if there is none."""
    metadata = manifest["metadata"]
    if wanted := _text(metadata.get("primary_html")):
        return wanted if wanted in files else None
    if metadata["appmode"] != "static":
        return next((name for name in _rendered(metadata) if name in files), None)
    pages = [name for name in sorted(files) if name.lower().endswith((".html", ".htm"))]
    return "index.html" if "index.html" in files else pages[0] if len(pages) == 1 else None


def _rendered(metadata: Mapping[str, Any]) -> Iterator[str]:
    """Yield where a rendered report may lie: beside its source, or where sites and books are written."""
    source = _text(metadata.get("primary_rmd")) or _text(metadata.get("entrypoint"))
    if source:
        stem, dot, _ = source.rpartition(".")
        yield f"{stem if dot else source}.html"
    yield from ("index.html", "_site/index.html", "_book/index.html", "docs/index.html")


def taken_over(manifest: Document, files: Collection[str]) -> Document:
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
        "_requirements": next((name for name in _requirements(python) if name in files), None),
    }


def _requirements(python: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the file may be called that names the Python packages."""
    if named := _text(_object(python, "package_manager").get("package_file")):
        yield named
    yield "requirements.txt"


def _packages(manifest: Document) -> Iterator[Document]:
    for name, package in sorted(_object(manifest, "packages").items()):
        description = _object(package if isinstance(package, dict) else {}, "description")
        yield {"language": "r", "name": name, "version": _text(description.get("Version")) or "", "hash": None}


def not_run(manifest: Document) -> Iterator[str]:
    """Yield what the log says of content that would have to run."""
    for language, version in (
        ("R", _text(manifest.get("platform"))),
        ("Python", _text(_object(manifest, "python").get("version"))),
        ("Quarto", _text(_object(manifest, "quarto").get("version"))),
    ):
        if version:
            yield f"The bundle asks for {language} {version}."
    yield "The bundle was accepted. Nothing was installed and nothing will run: this server runs no code."


def _object(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
