"""Which file declares what: names are found by a look at the text, files are parsed on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
from attrs import define, field, frozen

from connectapi.errors import PluginError, SpecError, did_you_mean
from connectapi.locks import ForkLock
from connectapi.spec.scan import Declared, scan

if TYPE_CHECKING:
    from connectapi.spec.endpoints import Endpoints
    from connectapi.spec.fieldtypes import FieldType
    from connectapi.spec.model import Declaration, ExtensionSpec, FieldSpec, ResourceSpec, TypeSpec

__all__ = ["Folder", "SpecIndex", "builtin_folder"]


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

    def declared(self) -> Iterator[Declared]:
        """Yield what the files in it declare, by a look at their text."""
        for file in self.files():
            yield from _look(file)


def _look(file: Path) -> list[Declared]:
    found = scan(file.read_text(encoding="utf-8"))
    if found is not None:
        return found
    from connectapi.spec.model import ExtensionSpec

    return [
        Declared("", "", tuple(spec.types), spec.extends)
        if isinstance(spec, ExtensionSpec)
        else Declared(spec.name, spec.collection, tuple(spec.types))
        for spec in _parse(file)
    ]


@define
class _Entry:
    """Where a class is declared, or an extension, and the resource that it belongs to."""

    file: Path
    owner: str
    resource: str
    extends: str = ""


@define
class SpecIndex:
    """Every resource that some folders declare, read when first asked for. Thread-safe.

    Args:
        folders: where the files are, in the order of their plugins.
        words: the types of values that plugins add, by their words.
    """

    folders: tuple[Folder, ...]
    words: Mapping[str, FieldType] = field(factory=dict, repr=False)
    _lock: ForkLock = field(factory=partial(ForkLock, 2), init=False, repr=False, eq=False)
    _names: dict[str, _Entry] | None = field(default=None, init=False, repr=False)
    _collections: dict[str, str] = field(factory=dict, init=False, repr=False)
    _extensions: dict[str, list[_Entry]] = field(factory=dict, init=False, repr=False)
    _scanned: dict[Path, list[Declared]] = field(factory=dict, init=False, repr=False)
    _seen: dict[str, _Entry] = field(factory=dict, init=False, repr=False)
    _read: dict[Path, list[Declaration]] = field(factory=dict, init=False, repr=False)
    _calls: Endpoints | None = field(default=None, init=False, repr=False, eq=False)
    _joined: dict[str, ResourceSpec] = field(factory=dict, init=False, repr=False)
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
        """Whether a class is declared somewhere, or a plugin's word; reads no more than it must to tell."""
        return name in self.words or self._near(name) is not None or name in self._all()

    def owner_of(self, name: str) -> str:
        """Return the name of the resource whose file and class a type belongs to."""
        return self._entry(name).resource

    def declared_by(self, plugin: str) -> list[str]:
        """Return the names of the resources that a plugin declares; what it extends is another's."""
        return sorted({each.resource for each in self._all().values() if each.owner == plugin and not each.extends})

    def resource(self, name: str) -> ResourceSpec:
        """Return a resource by its name, with the fields that it takes over from another and what extends it.

        Raises:
            SpecError: there is no such resource, or its file is wrong, or that of an extension.
            PluginError: an extension has something of a name that is taken; both plugins are named.
        """
        with self._lock:
            if name not in self._merged:
                entry = self._near(name) or self._entry(name)
                spec = self._with_extensions(entry, name)
                merged = self._taken_over(spec)
                if spec.extensions:
                    from connectapi.spec.extend import refuse_unfit

                    refuse_unfit(self._taken_over(self._parsed(entry.file, name)), merged, entry.owner)
                added = bool(merged.extensions) or entry.owner != self.folders[0].owner
                if added:
                    self._endpoints().refuse_shared(merged, entry.owner)
                if added or self.words:
                    from connectapi.spec.resolve import resolved

                    merged = resolved(merged, self.words)
                self._merged[name] = merged
            return self._merged[name]

    def verify(self) -> None:
        """Read all that plugins add, so that what does not fit or clashes is refused now and not at its first use.

        Raises:
            PluginError: two plugins clash; both are named.
            SpecError: a file is wrong.
        """
        for name in self.resources():
            if name in self._extensions or self._entry(name).owner != self.folders[0].owner:
                self.resource(name)

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
        extensions: list[_Entry] = []
        for folder in self.folders:
            for file in folder.files():
                for declared in self._declared(file):
                    entry = _Entry(file, folder.owner, declared.name or declared.extends, declared.extends)
                    for each in filter(None, (declared.name, *declared.types)):
                        _claim(names, each, entry, f"the class {each}")
                    if declared.collection:
                        _claim(collections, declared.collection, entry, f"client.{declared.collection}")
                    if declared.extends:
                        extensions.append(entry)
        self._collections = {name: entry.resource for name, entry in sorted(collections.items())}
        self._extensions = _by_resource(extensions, names)
        return names

    def _declared(self, file: Path) -> list[Declared]:
        with self._lock:
            if file not in self._scanned:
                self._scanned[file] = found = _look(file)
                if len(self.folders) == 1:
                    for each in found:
                        entry = _Entry(file, self.folders[0].owner, each.name)
                        if each.name:
                            self._seen.update(dict.fromkeys((each.name, *each.types), entry))
            return self._scanned[file]

    # How a file becomes specs --------------------------------------------------------------

    def _file(self, file: Path) -> list[Declaration]:
        with self._lock:
            if file not in self._read:
                self._read[file] = _parse(file, self.knows)
            return self._read[file]

    def _endpoints(self) -> Endpoints:
        from connectapi.spec.endpoints import Endpoints

        if self._calls is None:
            files = [(file, folder.owner) for folder in self.folders for file in folder.files()]
            self._calls = Endpoints(files, self._file)
        return self._calls

    def _parsed(self, file: Path, name: str) -> ResourceSpec:
        from connectapi.spec.model import ResourceSpec

        for spec in self._file(file):
            if isinstance(spec, ResourceSpec) and spec.name == name:
                return spec
        msg = f"{file.name}: declares no resource called {name!r}"
        raise SpecError(msg)

    def _with_extensions(self, entry: _Entry, name: str) -> ResourceSpec:
        with self._lock:
            if name not in self._joined:
                spec = self._parsed(entry.file, name)
                # What one folder alone declares, it can't extend: only where there are several is there more to find.
                found = self._extensions_of(name) if len(self.folders) > 1 else []
                if found:
                    from connectapi.spec.extend import joined  # without an extension there is no need of it

                    spec = joined(spec, found)
                self._joined[name] = spec
            return self._joined[name]

    def _extensions_of(self, name: str) -> list[ExtensionSpec]:
        from connectapi.spec.model import ExtensionSpec

        self._all()
        return [
            attrs.evolve(spec, plugin=entry.owner)
            for entry in self._extensions.get(name, ())
            for spec in self._file(entry.file)
            if isinstance(spec, ExtensionSpec) and spec.extends == entry.extends
        ]

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
        home = self._near(entry.resource) or self._entry(entry.resource)
        return self._with_extensions(home, entry.resource)


def _by_resource(extensions: list[_Entry], names: Mapping[str, _Entry]) -> dict[str, list[_Entry]]:
    """Return the extensions of each resource, in the order of their plugins; each of a file's once."""
    found: dict[str, list[_Entry]] = {}
    for entry in extensions:
        target = names.get(entry.extends)
        if target is None:
            near = did_you_mean(entry.extends, sorted(names))
            needed = near or "; if it belongs to another plugin, that one must be there too"
            reason = f"{entry.file.name} extends {entry.extends!r}, which nothing declares{needed}"
            raise PluginError(entry.owner, reason)
        while target.resource != entry.resource:  # what is extended may lie within a resource, or within an extension
            entry.resource = target.resource
            target = names[entry.resource]
        if target.owner == entry.owner:
            msg = (
                f"{entry.file.name} extends {entry.extends}, which {target.file.name} beside it declares: say it there"
            )
            raise SpecError(msg)
        same = found.setdefault(entry.resource, [])
        if all((each.file, each.extends) != (entry.file, entry.extends) for each in same):
            same.append(entry)
    return found


def _parse(file: Path, known: Callable[[str], bool] = lambda name: name[:1].isupper()) -> list[Declaration]:
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
