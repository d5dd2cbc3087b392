"""What is made from the resource files of an installed plugin, beside its code or wherever its author wants it."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from pathlib import Path

from connectapi.errors import ConfigError
from connectapi.generate.own_names import own_names
from connectapi.generate.reference import reference_pages
from connectapi.generate.stubs import package_stub, plugin_stub, resources_stub
from connectapi.plugins.manager import Found, found_plugins
from connectapi.plugins.named import named_plugins
from connectapi.spec.index import SpecIndex

__all__ = ["missing_names", "plugin_pages", "plugin_resources", "plugin_stubs", "program_stubs"]


def plugin_resources(name: str, index: SpecIndex) -> list[str]:
    """Return the names of the resources of the plugins that a name means.

    Raises:
        ConfigError: there is no such plugin, or it declares none.
    """
    found = [each for plugin in named_plugins(name) for each in index.declared_by(plugin.name)]
    if not found:
        hint = "what extends others' types is in the stubs of a program: connectapi stubs --to DIR"
        raise ConfigError(f"the plugin {name!r} declares no resource of its own; {hint}")
    return sorted(found)


def plugin_stubs(name: str, index: SpecIndex) -> dict[Path, str]:
    """Return path and text of the stubs of the modules that the plugins of a name are in.

    Raises:
        ConfigError: there is no such plugin, it declares no resource, or it has no file to stand beside.
    """
    resources = set(plugin_resources(name, index))
    homes = _homes(index)
    made: dict[Path, str] = {}
    for module in sorted({homes[each] for each in resources}):
        code = _file_of(module)
        own = [each for each in sorted(resources) if homes[each] == module]
        maker, rest = f"connectapi stubs --package {module}", own_names(code.read_text(encoding="utf-8"))
        made[code.with_suffix(".pyi")] = plugin_stub(index, own, homes, maker, rest)
    return made


def program_stubs(index: SpecIndex, folder: Path, maker: str) -> dict[Path, str]:
    """Return path and text of stubs of connectapi that have the classes and collections of all installed plugins."""
    package = folder / "connectapi"
    return {
        package / "__init__.pyi": package_stub(index, maker),
        package / "resources.pyi": resources_stub(index, maker),
    }


def plugin_pages(name: str, index: SpecIndex) -> dict[str, str]:
    """Return name and text of the reference pages of a plugin's resources.

    Raises:
        ConfigError: there is no such plugin, or it declares no resource.
    """
    # The plugin's own name, so that the pages do not depend on how it was asked for.
    own = named_plugins(name)[0].name
    return reference_pages(index, plugin_resources(name, index), f"connectapi reference --package {own}")


def missing_names(name: str, index: SpecIndex) -> list[str]:
    """Return the dotted names of classes that a plugin's stubs tell of, but that its modules don't have at run time."""
    homes = _homes(index)
    return [
        f"{homes[each]}.{each}"
        for each in plugin_resources(name, index)
        if not hasattr(importlib.import_module(homes[each]), each)
    ]


def _homes(index: SpecIndex) -> Mapping[str, str]:
    """Return the module of the plugin that declares each class: name → module."""
    plugins: list[Found] = [each for each in found_plugins() if each.distribution != "connectapi" and not each.disabled]
    resources = {name: each.module for each in plugins for name in index.declared_by(each.name)}
    return {word: module for name, module in resources.items() for word in (name, *index.resource(name).types)}


def _file_of(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None or Path(spec.origin).suffix != ".py":
        raise ConfigError(f"{module} is no file of Python code that a stub could stand beside")
    return Path(spec.origin)
