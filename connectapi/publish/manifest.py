"""manifest.json: what a bundle is, and the files it has."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NoReturn, TypeVar, cast

import attrs
from attrs import field, frozen

from connectapi.errors import BundleError, did_you_mean
from connectapi.publish.files import SourceFile, is_page, opened, pick
from connectapi.publish.names import MANIFEST, bullets
from connectapi.types import JSON

__all__ = ["HOW_TO_WRITE", "Manifest", "Metadata", "choose_primary", "read_manifest", "static_manifest"]

#: How a manifest is made, for messages.
HOW_TO_WRITE: Final = "`rsconnect write-manifest` (Python) or `rsconnect::writeManifest()` (R)"

# A progressive web app can have a file of the same name; these keys are only in that.
_WEB_APP: Final = frozenset({"start_url", "icons", "short_name", "theme_color"})

T = TypeVar("T")


@frozen(kw_only=True)
class Metadata:
    """What kind of content a bundle is; `extra` has the keys not named here, as they came."""

    appmode: str
    primary_html: str | None = None
    entrypoint: str | None = None
    content_category: str | None = None
    has_parameters: bool | None = None
    extra: Mapping[str, JSON] = field(factory=dict[str, JSON])


@frozen(kw_only=True)
class Manifest:
    """What manifest.json says.

    `files` has an entry for each path, with its `checksum` (MD5, in hex); `extra` has the keys not
    named here, as they came; `source` is the text it was read from.

    Example:
        >>> manifest = Manifest(metadata=Metadata(appmode="static", primary_html="index.html"))
        >>> json.loads(manifest.encode())["metadata"]
        {'appmode': 'static', 'primary_html': 'index.html'}
    """

    metadata: Metadata
    files: Mapping[str, Mapping[str, JSON]] = field(factory=dict[str, Mapping[str, JSON]])
    version: int | None = 1
    extra: Mapping[str, JSON] = field(factory=dict[str, JSON])
    source: bytes = field(default=b"", repr=False, eq=False)

    def encode(self) -> bytes:
        """Return the text of the file: the one it was read from, unless a copy says something else."""
        about = attrs.asdict(self.metadata, recurse=False, filter=lambda _, value: value is not None)
        metadata = {**about.pop("extra"), **about}
        version = {} if self.version is None else {"version": self.version}
        document = {**version, "metadata": metadata, "files": dict(self.files), **self.extra}
        if self.source and json.loads(self.source) == document:
            return self.source
        return json.dumps(document, indent=2).encode() + b"\n"


def choose_primary(files: Iterable[SourceFile]) -> str:
    """Choose the page that a visitor sees first: index.html, else the only page at the top.

    Raises:
        BundleError: there is none, or more than one; the message lists the pages to choose from.

    Example:
        >>> choose_primary([SourceFile("report.html", Path("/x/report.html"), 9)])
        'report.html'
    """
    pages = sorted(file.path for file in files if is_page(file.path))
    top = [page for page in pages if "/" not in page]
    if "index.html" in top:
        return "index.html"
    if len(top) == 1:
        return top[0]
    if not pages:
        msg = (
            "no HTML page to show first: expected index.html. Add one, or give `primary=` the path of the "
            f"file to show; content that the server runs needs a manifest.json, made with {HOW_TO_WRITE}."
        )
        raise BundleError(msg)
    why = f"{len(top)} pages at the top" if top else "no page at the top"
    msg = f"which page comes first? {why}, and no index.html. Give `primary=` one of\n{bullets(top or pages)}"
    raise BundleError(msg)


def static_manifest(root: str | os.PathLike[str], files: Sequence[SourceFile], primary: str) -> Manifest:
    """Make the manifest of a site: files that the server shows as they are.

    Args:
        root: the directory, for messages.
        files: what is published.
        primary: the path of the page that a visitor sees first.

    Raises:
        BundleError: `primary` is not among the files, or a file has changed since it was found.

    Example:
        >>> import tempfile
        >>> from connectapi.publish.files import collect
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "index.html").write_text("hello")
        ...     static_manifest(folder, collect(folder), "index.html").files
        {'index.html': {'checksum': '5d41402abc4b2a76b9719d911017c592'}}
    """
    paths = sorted(file.path for file in files)
    if primary not in paths:
        msg = (
            f"{os.fspath(root)}: the page to show first, {primary!r}, is not among the files to publish"
            f"{did_you_mean(primary, paths)}. Give `primary=` a path as it is seen from the directory."
        )
        raise BundleError(msg)
    category = "site" if sum(map(is_page, paths)) > 1 else None
    return Manifest(
        metadata=Metadata(appmode="static", primary_html=primary, content_category=category),
        files={file.path: {"checksum": _md5(file)} for file in sorted(files, key=lambda file: file.path)},
    )


def read_manifest(path: str | os.PathLike[str]) -> Manifest:
    """Read a manifest.json and check that the files it lists are there, beside it.

    Raises:
        BundleError: it can't be used; the message says where, and what was expected.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "app.py").write_text("app = ...")
        ...     file = Path(folder, "manifest.json")
        ...     _ = file.write_text('{"metadata": {"appmode": "python-api"}, "files": {"app.py": {}}}')
        ...     read_manifest(file).metadata.appmode
        'python-api'
    """
    file = Path(path)
    source = _read(file)
    data = _parsed(file, source)
    _, unfit = pick(file.parent, _listed(data))
    if faults := [*_faults(data), *(f"files: expected a file beside it, but {each}" for each in unfit)]:
        msg = f"{file} can't be used:\n{bullets(faults)}\nMend it, or write it anew with {HOW_TO_WRITE}."
        raise BundleError(msg)
    about = cast("dict[str, JSON]", data.pop("metadata"))
    return Manifest(
        metadata=Metadata(
            appmode=cast("str", about.pop("appmode")),
            primary_html=_take(about, "primary_html", str),
            entrypoint=_take(about, "entrypoint", str),
            content_category=_take(about, "content_category", str),
            has_parameters=_take(about, "has_parameters", bool),
            extra=about,
        ),
        files=cast("dict[str, dict[str, JSON]]", data.pop("files")),
        version=_take(data, "version", int),
        extra=data,
        source=source,
    )


def _read(file: Path) -> bytes:
    found, faults = pick(file.parent, [file.name])
    if faults:
        msg = f"{file} can't be used: {faults[0]}. Write the manifest with {HOW_TO_WRITE}."
        raise BundleError(msg)
    with opened(found[0]) as stream:
        return stream.read()


def _parsed(file: Path, source: bytes) -> dict[str, JSON]:
    where = str(file)
    try:
        data: JSON = json.loads(source.decode(), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        lines = source[: error.start].split(b"\n")
        where += f":{len(lines)}:{len(lines[-1]) + 1}"
        problem = f"not UTF-8 ({error.reason})"
    except json.JSONDecodeError as error:
        where += f":{error.lineno}:{error.colno}"
        problem = f"not JSON ({error.msg})"
    except (ValueError, RecursionError) as error:
        problem = f"not JSON ({error})"
    else:
        if isinstance(data, dict):
            return data
        problem = f"found {_kind(data)}"
    msg = f"{where}: expected a JSON object, {problem}. Mend the file, or write it anew with {HOW_TO_WRITE}."
    raise BundleError(msg)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


def _listed(data: Mapping[str, JSON]) -> list[str]:
    files = data.get("files")
    # Some tools list the manifest too; it goes in anyway.
    return [path for path in files if path != MANIFEST] if isinstance(files, dict) else []


def _faults(data: Mapping[str, JSON]) -> Iterator[str]:
    metadata, files = data.get("metadata"), data.get("files")
    appmode = metadata.get("appmode") if isinstance(metadata, dict) else None
    if "metadata" not in data and not _WEB_APP.isdisjoint(data):
        yield "this looks like the manifest of a web app: rename it to site.webmanifest, and the link to it"
    if not isinstance(metadata, dict):
        yield f"metadata: expected an object with 'appmode', found {_kind(metadata)}"
    elif not isinstance(appmode, str) or not appmode:
        yield f"metadata.appmode: expected the kind of content, such as 'static', found {_kind(appmode)}"
    if not isinstance(files, dict):
        yield f"files: expected an object that has a key for each path, found {_kind(files)}"
        return
    if not _listed(data):
        yield "files: expected at least one path, found none"
    for path, entry in files.items():
        if not isinstance(entry, dict):
            yield f"files[{path!r}]: expected an object such as {{'checksum': '…'}}, found {_kind(entry)}"


def _take(data: dict[str, JSON], key: str, kind: type[T]) -> T | None:
    """Take a value out if it is of the kind; what is not stays, and so is sent on as it came."""
    value = data.get(key)
    if isinstance(value, kind) and type(value) is kind:
        del data[key]
        return value
    return None


def _kind(value: JSON) -> str:
    names = {"dict": "an object", "list": "a list", "str": "text", "bool": "a boolean", "NoneType": "nothing"}
    return "empty text" if value == "" else names.get(type(value).__name__, "a number")


def _md5(file: SourceFile) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with opened(file) as stream:
        while chunk := stream.read(1 << 16):
            digest.update(chunk)
    return digest.hexdigest()
