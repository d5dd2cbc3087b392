"""A resource file → what it declares, or a `SpecError` that lists every fault with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import attrs
import cattrs
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError
from cattrs.gen import make_dict_structure_fn, override

from connectapi.errors import SpecError, did_you_mean
from connectapi.spec.check import any_class, check
from connectapi.spec.check_extension import check_alone
from connectapi.spec.complete import complete, complete_extension
from connectapi.spec.fault import Fault
from connectapi.spec.model import (
    Declaration,
    ExtensionSpec,
    FieldSpec,
    OperationSpec,
    PageSpec,
    ParamSpec,
    RelationSpec,
    ResourceSpec,
    TypeSpec,
)
from connectapi.spec.source import Document, SourceFault, documents

__all__ = ["FILLED_IN", "SHORT_FORMS", "load_text", "located"]

#: What may be written as one word: the class, and the key that the word stands for.
SHORT_FORMS: Final[Mapping[type, str]] = {FieldSpec: "type", ParamSpec: "type", PageSpec: "kind"}

#: What the model fills in itself and no file can say.
FILLED_IN: Final[Mapping[type, frozenset[str]]] = {
    ResourceSpec: frozenset({"file", "extensions"}),
    ExtensionSpec: frozenset({"file", "plugin"}),
    TypeSpec: frozenset({"name"}),
    FieldSpec: frozenset({"words"}),
    ParamSpec: frozenset({"words"}),
    OperationSpec: frozenset({"words"}),
}


def load_text(text: str, *, file: str = "<text>", known: Callable[[str], bool] = any_class) -> list[Declaration]:
    """Read and check the text of a resource file.

    Args:
        text: what the file holds; it may have several documents, a resource or an extension each.
        file: its path, for messages.
        known: says whether there is a class of a given name, or a plugin's type by a given word.

    Raises:
        SpecError: with a line `file:line: key: what is wrong` for each fault.
    """
    name = Path(file).name
    try:
        read = list(documents(text))
    except SourceFault as fault:
        msg = f"{name}:{fault.line}: {fault.message}"
        raise SpecError(msg) from None
    specs: list[Declaration] = []
    problems: list[str] = []
    for document in read:
        spec, faults = _structure(document, file)
        if spec is not None:
            faults = [*(check_alone(spec, known) if isinstance(spec, ExtensionSpec) else check(spec, known))]
            specs.append(spec)
        problems += [_sentence(name, document, fault) for fault in faults]
    if problems:
        raise SpecError("\n".join(problems))
    return specs


def _sentence(name: str, document: Document, fault: Fault) -> str:
    where = ".".join(fault.place)
    return f"{name}:{document.line(fault.place)}: {where}{': ' if where else ''}{fault.message}"


def located(text: str, file: str, extends: str, faults: Iterable[Fault]) -> list[str]:
    """Return faults of a file's extensions of one resource or type as sentences, with their lines."""
    read = [each for each in documents(text) if isinstance(each.data, dict) and each.data.get("extends") == extends]
    sentences = []
    for fault in faults:
        document = next((each for each in read if fault.place in each.lines), read[0] if read else Document(None))
        sentences.append(_sentence(Path(file).name, document, fault))
    return sentences


def _structure(document: Document, file: str) -> tuple[Declaration | None, list[Fault]]:
    if not isinstance(document.data, dict):
        return None, [Fault((), "a resource is a mapping with 'name', 'doc', 'fields', …")]
    kind: type[Declaration] = ExtensionSpec if "extends" in document.data else ResourceSpec
    try:
        raw = _converter().structure(document.data, kind)
        made = complete_extension(raw) if isinstance(raw, ExtensionSpec) else complete(raw)
        spec = attrs.evolve(made, file=file)
    except Exception as error:  # noqa: BLE001 -- cattrs lets through whatever a hook raises
        return None, list(_faults(error, (), kind))
    return spec, []


@cache
def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    # Words first: cattrs looks up the hooks of fields when it makes the hook of their class.
    converter.register_structure_hook(str | int, _scalar)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(bool, _flag)
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(bool | tuple[str, ...], _flag_or_names)
    for cls, key in SHORT_FORMS.items():
        converter.register_structure_hook(cls, _or_word(cls, key, converter))
    converter.register_structure_hook(TypeSpec, _type_hook(converter))
    for cls in (OperationSpec, RelationSpec, ResourceSpec, ExtensionSpec):
        converter.register_structure_hook(cls, _strict(cls, converter))
    return converter


def _strict(cls: type, converter: cattrs.Converter) -> Callable[[Any, Any], Any]:
    make: Any = make_dict_structure_fn
    left_out = {name: override(omit=True) for name in FILLED_IN.get(cls, ())}
    structure = make(cls, converter, _cattrs_forbid_extra_keys=True, **left_out)

    def hook(value: Any, type_: Any) -> Any:
        if value is None:
            value = {}
        if not isinstance(value, dict):
            msg = f"expected a mapping, found {value!r}"
            raise TypeError(msg)
        return structure(value, type_)

    return hook


def _or_word(cls: type, key: str, converter: cattrs.Converter) -> Callable[[Any, Any], Any]:
    structure = _strict(cls, converter)
    return lambda value, type_: structure({key: value} if isinstance(value, str) else value, type_)


def _type_hook(converter: cattrs.Converter) -> Callable[[Any, Any], Any]:
    structure = _strict(TypeSpec, converter)
    long_form = {"doc", "like", "fields"}

    def hook(value: Any, type_: Any) -> Any:
        if isinstance(value, dict) and not (value.keys() <= long_form and value.keys() & {"fields", "like"}):
            value = {"fields": value}
        return structure(value, type_)

    return hook


def _scalar(value: Any, _type: Any) -> str | int:
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return value
    msg = f"expected text or a whole number, found {value!r}"
    raise TypeError(msg)


def _text(value: Any, _type: Any) -> str:
    if isinstance(value, str):
        return value
    msg = f"expected text, found {value!r}" + (" (put it in quotes)" if value is not None else "")
    raise TypeError(msg)


def _flag(value: Any, _type: Any) -> bool:
    if isinstance(value, bool):
        return value
    msg = f"expected true or false, found {value!r}"
    raise TypeError(msg)


def _number(value: Any, _type: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    msg = f"expected a number, found {value!r}"
    raise TypeError(msg)


def _flag_or_names(value: Any, _type: Any) -> bool | tuple[str, ...]:
    if isinstance(value, bool):
        return value
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return tuple(value)
    msg = f"expected true, false or a list of fields, found {value!r}"
    raise TypeError(msg)


def _faults(error: BaseException, place: tuple[str, ...], cls: type | None) -> Iterator[Fault]:
    """Walk cattrs' tree of errors down to the faults at its leaves."""
    if isinstance(error, ClassValidationError):
        cls = error.cl
        located, others = error.group_exceptions()
        for each, note in located:
            yield from _faults(each, (*place, note.name), None)
        for each in others:
            yield from _faults(each, place, cls)
    elif isinstance(error, IterableValidationError):
        located_items, others = error.group_exceptions()
        for each, item in located_items:
            yield from _faults(each, (*place, str(item.index)), None)
        for each in others:
            yield from _faults(each, place, cls)
    elif isinstance(error, ForbiddenExtraKeysError):
        filled_in = FILLED_IN.get(error.cl, ())
        known = [attribute.name for attribute in attrs.fields(error.cl) if attribute.name not in filled_in]
        for key in sorted(error.extra_fields):
            yield Fault((*place, key), f"unknown key{did_you_mean(key, known)}")
    elif isinstance(error, KeyError):
        yield Fault(place, f"the key {error.args[0]!r} is missing")
    else:
        yield Fault(place, str(error) or type(error).__name__)
