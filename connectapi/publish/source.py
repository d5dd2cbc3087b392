"""A directory, or a page → everything that publishing it takes."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from fnmatch import fnmatchcase
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from attrs import frozen

from connectapi.errors import BundleError
from connectapi.publish.archive import Archive, pack
from connectapi.publish.files import SourceFile, collect, is_page, opened, pick
from connectapi.publish.manifest import Manifest, choose_primary, read_manifest, static_manifest
from connectapi.publish.names import MANIFEST, bullets

__all__ = ["Prepared", "prepare"]

_WRITE_KIND: Final = "`rsconnect write-manifest KIND .` (KIND: streamlit, dash, shiny, fastapi, flask, …)"

#: Files that show what a directory is, where it is no site: their names, the kind, what makes its manifest.
_KINDS: Final = (
    (("app.r", "server.r", "ui.r"), "a Shiny app in R", "`rsconnect::writeManifest()`"),
    (("plumber.r", "entrypoint.r"), "an API in R", "`rsconnect::writeManifest()`"),
    (("app.py",), "a Python app", _WRITE_KIND),
    (("*.qmd", "_quarto.yml"), "a Quarto document", "`rsconnect write-manifest quarto .`"),
    (("*.rmd",), "an R Markdown document", "`rsconnect::writeManifest()`"),
    (("*.ipynb",), "a Jupyter notebook", "`rsconnect write-manifest notebook FILE`"),
    (("requirements.txt", "pyproject.toml"), "Python content", _WRITE_KIND),
)

# A title stands near the start; a page with its images within can have hundreds of megabytes.
_HEAD: Final = 1 << 16


@frozen
class Prepared:
    """What is published, ready to be sent; `title` is a suggestion of what to call it."""

    manifest: Manifest
    files: tuple[SourceFile, ...]
    archive: Archive
    title: str


@contextmanager
def prepare(
    directory: str | os.PathLike[str], *, primary: str | None = None, exclude: str | Iterable[str] = ()
) -> Generator[Prepared, None, None]:
    """Find out what a directory publishes, and pack it; the archive is gone when the block is left.

    A manifest.json in the directory is used as it is, and its `files` decide what goes in. Without
    one, the directory is a site of HTML pages. Nothing is written into the directory.

    Args:
        directory: the directory, or a single HTML file.
        primary: the path of the page to show first; by default index.html, or the only page.
        exclude: patterns of what to leave out, as in `connectapi.publish.ignore`.

    Raises:
        BundleError: it can't be published as it is; the message says what to do.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "index.html").write_text("<title>Sales in May</title>")
        ...     with prepare(folder) as prepared:
        ...         prepared.title, prepared.manifest.metadata.appmode, prepared.archive.names
        ('Sales in May', 'static', ('manifest.json', 'index.html'))
    """
    root = Path(directory)
    patterns = [exclude] if isinstance(exclude, str) else list(exclude)
    page = None if primary is None else Path(primary).as_posix()
    # Even a dangling link: whoever made it does not mean a site.
    declared = os.path.lexists(root / MANIFEST)
    manifest, files = _declared(root, page, patterns) if declared else _site(root, page, patterns)
    title = _title(root, manifest, files)
    with pack(files, manifest, root=root) as archive:
        yield Prepared(manifest, tuple(files), archive, title)


def _declared(root: Path, primary: str | None, exclude: list[str]) -> tuple[Manifest, list[SourceFile]]:
    manifest = read_manifest(root / MANIFEST)
    about = manifest.metadata
    vain = ["`exclude=`"] if exclude else []
    if primary not in {None, about.primary_html, about.entrypoint}:
        vain.append("`primary=`")
    if vain:
        msg = (
            f"{root / MANIFEST}: decides what is published and what is shown first, so {' and '.join(vain)} "
            "would change nothing. Leave the argument out, or change or delete this file."
        )
        raise BundleError(msg)
    files, faults = pick(root, [path for path in manifest.files if path != MANIFEST])
    if faults:
        msg = f"{root}: has changed since its {MANIFEST} was read:\n{bullets(faults)}\nPublish again."
        raise BundleError(msg)
    return manifest, files


def _site(root: Path, primary: str | None, exclude: list[str]) -> tuple[Manifest, list[SourceFile]]:
    files = collect(root, exclude=exclude)
    if primary is None:
        _refuse_other_kinds(root, files)
        try:
            primary = choose_primary(files)
        except BundleError as error:
            msg = f"{root}: {error}"
            raise BundleError(msg) from None
    return static_manifest(root, files, primary), files


def _refuse_other_kinds(root: Path, files: Iterable[SourceFile]) -> None:
    names = [file.path for file in files if "/" not in file.path]
    if any(map(is_page, names)):
        return
    for patterns, kind, command in _KINDS:
        for name in names:
            if any(fnmatchcase(name.lower(), pattern) for pattern in patterns):
                msg = (
                    f"{root}: looks like {kind} ({name!r}), which a server must know how to run: it needs a "
                    f"{MANIFEST}. Make one there with {command}, then publish again. To show the files just "
                    "as they are, give `primary=` the one to show first."
                )
                raise BundleError(msg)


class _TitleParser(HTMLParser):
    """Keeps the text of the first title."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self._state = "before"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title" and self._state == "before":
            self._state = "within"

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._state = "after"

    def handle_data(self, data: str) -> None:
        if self._state == "within":
            self.title += data


def _title(root: Path, manifest: Manifest, files: Iterable[SourceFile]) -> str:
    about = manifest.metadata
    first = about.primary_html or about.entrypoint
    for file in files:
        if file.path == first and is_page(file.path):
            with opened(file) as stream:
                head = stream.read(_HEAD)
            parser = _TitleParser()
            parser.feed(head.decode("utf-8-sig", "replace"))
            if title := " ".join(parser.title.split()):
                return title
    place = root.resolve()
    return (place.stem if place.is_file() else place.name) or "content"
