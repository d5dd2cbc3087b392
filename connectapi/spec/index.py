"""Which file declares what: names are found by a look at the text, files are parsed on first use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Final

import attrs
from attrs import define, field, frozen

from connectapi.errors import PluginError, SpecError, did_you_mean

if TYPE_CHECKING:
    from connectapi.spec.model import FieldSpec, ResourceSpec, TypeSpec

__all__ = ["Declared", "Folder", "SpecIndex", "builtin_folder", "scan"]

_TOP_KEY: Final = re.compile(r"(?P<key>\w+):(?P<value>.*)")
_WORD: Final = re.compile(r"\s*(\w+)\s*(?:#.*)?")
_TYPE_KEY: Final = re.compile(r"(?P<indent>[ ]+)(?P<name>[A-Z]\w*):")


def builtin_folder() -> Path:
    """Return the folder of the resource files that ship with connectapi.

    They lie beside the package in a checkout and an editable install, and inside it in a wheel.
    """
    package = Path(__file__).resolve().parent.parent
    packed = package / "_resources"
    return packed if packed.is_dir() else package.parent / "resources"


@frozen
class Folder:
    """A folder of resource files, and the plugin it belongs to."""

    path: Path
    owner: str = "connectapi"

    def files(self) -> list[Path]:
        """Return the resource files in it, by name."""
        if not self.path.is_dir():
            raise PluginError(self.owner, f"{self.path} is not a folder of resource files")
        return sorted(self.path.glob("*.yaml"))


@frozen
class Declared:
    """What one document of a file declares, as far as a look at its text can tell."""

    name: str
    collection: str
    types: tuple[str, ...]


def scan(text: str) -> list[Declared] | None:
    """Find the names in a resource file without parsing it; None where only parsing can tell."""
    found: list[Declared] = []
    for document in re.split(r"(?m)^---.*$", text):
        heads: dict[str, str] = {}
        types: list[str] = []
        section = indent = ""
        for line in document.splitlines():
            if match := _TOP_KEY.match(line):
                section, indent = match["key"], ""
                word = _WORD.fullmatch(match["value"])
                heads[section] = word[1] if word else ""
            elif section == "types" and (match := _TYPE_KEY.match(line)):
                indent = indent or match["indent"]
                if match["indent"] == indent:
                    types.append(match["name"])
            elif line and not line[0].isspace() and line[0] not in "#%":
                return None
        if not heads:
            continue
        # Quoted names, and types in one line: rare, and only a parser reads them rightly.
        if not heads.get("name") or heads.get("collection") == "" or ("types" in heads and not types):
            return None
        found.append(Declared(heads["name"], heads.get("collection", ""), tuple(types)))
    return found


@define
class _Entry:
    file: Path
    owner: str
    resource: str


@define
class SpecIndex:
    """Every resource that some folders declare, read when first asked for. Thread-safe."""

    folders: tuple[Folder, ...]
    _lock: RLock = field(factory=RLock, init=False, repr=False, eq=False)
    _names: dict[str, _Entry] | None = field(default=None, init=False, repr=False)
    _collections: dict[str, str] = field(factory=dict, init=False, repr=False)
    _scanned: dict[Path, list[Declared]] = field(factory=dict, init=False, repr=False)
    _seen: dict[str, _Entry] = field(factory=dict, init=False, repr=False)
    _read: dict[Path, dict[str, ResourceSpec]] = field(factory=dict, init=False, repr=False)
    _merged: dict[str, ResourceSpec] = field(factory=dict, init=False, repr=False)

    def resources(self) -> list[str]:
        """Return the names of all resources, in alphabetical order."""
        return sorted({entry.resource for entry in self._all().values()})

    def names(self) -> list[str]:
        """Return the names of all classes: resources and the types nested in them."""
        return sorted(self._all())

    def collections(self) -> Mapping[str, str]:
        """Return collection → resource."""
        self._all()
        return self._collections

    def specs(self) -> Iterator[ResourceSpec]:
        """Yield every resource, reading all files."""
        for name in self.resources():
            yield self.resource(name)

    def knows(self, name: str) -> bool:
        """Whether a class is declared somewhere; reads no more than it must to tell."""
        return self._near(name) is not None or name in self._all()

    def owner_of(self, name: str) -> str:
        """Return the name of the resource whose file and class a type belongs to."""
        return self._entry(name).resource

    def resource(self, name: str) -> ResourceSpec:
        """Return a resource by its name, with the fields that it takes over from another.

        Raises:
            SpecError: there is no such resource, or its file is wrong.
        """
        with self._lock:
            if name not in self._merged:
                entry = self._near(name) or self._entry(name)
                self._merged[name] = self._taken_over(self._parsed(entry.file, name))
            return self._merged[name]

    def type(self, name: str) -> TypeSpec | ResourceSpec:
        """Return a resource or a nested type by its name, with all its fields."""
        owner = self._near(name) or self._entry(name)
        spec = self.resource(owner.resource)
        return spec if spec.name == name else spec.types[name]

    # How a name is found -------------------------------------------------------------------

    def _near(self, name: str) -> _Entry | None:
        """Find a class by the convention that files are named after what they declare.

        `ContentHit` is declared in `content_hit.yaml` or in `content.yaml`; what is not found so is
        found by a look through all files. With plugins' folders about, only that look can tell
        whether two of them clash.
        """
        if len(self.folders) != 1:
            return None
        from connectapi.spec.model import snake_case

        folder, words = self.folders[0], snake_case(name).split("_")
        for count in range(len(words), 0, -1):
            if name in self._seen:
                break
            file = folder.path / f"{'_'.join(words[:count])}.yaml"
            if file.is_file():
                self._declared(file)
        return self._seen.get(name)

    def _entry(self, name: str) -> _Entry:
        try:
            return self._all()[name]
        except KeyError:
            msg = f"no resource file declares {name!r}{did_you_mean(name, self.names())}"
            raise SpecError(msg) from None

    def _all(self) -> dict[str, _Entry]:
        with self._lock:
            if self._names is None:
                self._names = self._look_through()
            return self._names

    def _look_through(self) -> dict[str, _Entry]:
        names: dict[str, _Entry] = {}
        collections: dict[str, _Entry] = {}
        for folder in self.folders:
            for file in folder.files():
                for declared in self._declared(file):
                    entry = _Entry(file, folder.owner, declared.name)
                    for each in (declared.name, *declared.types):
                        _claim(names, each, entry, f"the class {each}")
                    if declared.collection:
                        _claim(collections, declared.collection, entry, f"client.{declared.collection}")
        self._collections = {name: entry.resource for name, entry in sorted(collections.items())}
        return names

    def _declared(self, file: Path) -> list[Declared]:
        with self._lock:
            if file not in self._scanned:
                found = scan(file.read_text(encoding="utf-8"))
                if found is None:
                    parsed = _parse(file)
                    found = [Declared(spec.name, spec.collection, tuple(spec.types)) for spec in parsed]
                self._scanned[file] = found
                if len(self.folders) == 1:
                    for each in found:
                        entry = _Entry(file, self.folders[0].owner, each.name)
                        self._seen.update(dict.fromkeys((each.name, *each.types), entry))
            return self._scanned[file]

    # How a file becomes specs --------------------------------------------------------------

    def _file(self, file: Path) -> dict[str, ResourceSpec]:
        with self._lock:
            if file not in self._read:
                self._read[file] = {spec.name: spec for spec in _parse(file, self.knows)}
            return self._read[file]

    def _parsed(self, file: Path, name: str) -> ResourceSpec:
        try:
            return self._file(file)[name]
        except KeyError:
            msg = f"{file.name}: declares no resource called {name!r}"
            raise SpecError(msg) from None

    def _taken_over(self, spec: ResourceSpec) -> ResourceSpec:
        types = {name: attrs.evolve(each, fields=self._fields(each, spec)) for name, each in spec.types.items()}
        merged = attrs.evolve(spec, types=types, fields=self._fields(spec, spec))
        if merged.key and merged.key not in merged.fields:
            msg = f"{Path(spec.file).name}: key: {merged.name} has no field called {merged.key!r}"
            raise SpecError(msg)
        return merged

    def _fields(
        self, spec: ResourceSpec | TypeSpec, within: ResourceSpec, path: tuple[str, ...] = ()
    ) -> Mapping[str, FieldSpec]:
        """Return the fields of a resource or type after those that it takes over."""
        if not spec.like:
            return spec.fields
        if spec.name in path:
            circle = " → ".join([*path[path.index(spec.name) :], spec.name])
            msg = f"{Path(within.file).name}: like: what is taken over leads back to itself: {circle}"
            raise SpecError(msg)
        near: dict[str, ResourceSpec | TypeSpec] = {within.name: within, **within.types}
        if spec.like in near:
            source, home = near[spec.like], within
        else:
            home = self._parsed_owner(spec.like)
            source = home if home.name == spec.like else home.types[spec.like]
        taken = self._fields(source, home, (*path, spec.name))
        return {**{name: attrs.evolve(each, write="never") for name, each in taken.items()}, **spec.fields}

    def _parsed_owner(self, name: str) -> ResourceSpec:
        entry = self._near(name) or self._entry(name)
        return self._parsed(entry.file, entry.resource)


def _parse(file: Path, known: Callable[[str], bool] = lambda _name: True) -> list[ResourceSpec]:
    from connectapi.spec.cache import read_file  # loads with the first class: to list names needs no specs

    return read_file(file, known)


def _claim(taken: dict[str, _Entry], name: str, entry: _Entry, what: str) -> None:
    first = taken.setdefault(name, entry)
    if first is entry:
        return
    if first.owner == entry.owner:
        msg = f"{entry.file.name}: {what} is declared in {first.file.name} already"
        raise SpecError(msg)
    raise PluginError(
        entry.owner,
        f"{entry.file.name} declares {what}, which the plugin {first.owner!r} declares already; "
        "switch one of them off or rename what it declares",
    )
