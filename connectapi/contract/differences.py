"""What can differ between a declaration and a contract, and which differences are meant."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import yaml
from attrs import frozen

from connectapi.contract.openapi import shape
from connectapi.errors import SpecError
from connectapi.spec.index import builtin_folder

__all__ = ["NOTHING", "Deviation", "Difference", "Kind", "builtin_deviations", "load_deviations"]

Kind = Literal["operation", "parameter", "body", "answer", "type", "values", "status", "media", "deprecated"]

#: What stands for a side that does not have the thing at all.
NOTHING: Final = "nothing"


@frozen
class Difference:
    """One thing on which a declaration and a contract are not of one mind.

    `operation` is the call, as the contract spells it where it has it; `place` leads to the thing
    in it, such as `query.name` or `answer.data.path`; `schema` is the contract's own name of the
    field, where it has one. `reason` says why the difference is meant; it is empty if it is not.
    """

    kind: Kind
    operation: str
    place: str = ""
    declared: str = NOTHING
    contract: str = NOTHING
    schema: str = ""
    reason: str = ""

    def __str__(self) -> str:
        place = f" {self.place}" if self.place else ""
        reason = f" ({self.reason})" if self.reason else ""
        return f"{self.operation}{place}: {self.kind}: declared {self.declared}, contract {self.contract}{reason}"


@frozen(kw_only=True)
class Deviation:
    """A difference that is meant: what it is about, and the reason.

    It is about an `operation`, or about one `place` in it, or, wherever it occurs, about a field
    of a `schema` of the contract, such as `OAuthTemplate.options`.
    """

    reason: str
    operation: str = ""
    place: str = ""
    schema: str = ""

    def covers(self, difference: Difference) -> bool:
        """Whether a difference is the one that is meant."""
        return (
            (not self.operation or shape(self.operation) == shape(difference.operation))
            and (not self.place or self.place == difference.place)
            and (not self.schema or self.schema == difference.schema)
        )


def builtin_deviations() -> tuple[Deviation, ...]:
    """Return the deviations of the resources that ship with connectapi."""
    return load_deviations(builtin_folder() / "contract" / "deviations.yaml")


def load_deviations(path: Path) -> tuple[Deviation, ...]:
    """Read a file of deviations: a YAML list of mappings with the keys of `Deviation`.

    Raises:
        SpecError: it is not such a list; the message has the number of the wrong entry.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        msg = f"{path}: can't be read: {error}"
        raise SpecError(msg) from None
    if not isinstance(entries, list):
        msg = f"{path.name}: a file of deviations is a list"
        raise SpecError(msg)
    return tuple(_deviation(f"{path.name}: entry {number}", entry) for number, entry in enumerate(entries, 1))


def _deviation(place: str, entry: object) -> Deviation:
    if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
        msg = f"{place}: expected keys with texts"
        raise SpecError(msg)
    unknown = [str(key) for key in entry if key not in {"operation", "place", "schema", "reason"}]
    if unknown:
        msg = f"{place}: unknown key {unknown[0]!r}"
        raise SpecError(msg)
    if not entry.get("reason") or not (entry.get("operation") or entry.get("schema")):
        msg = f"{place}: it needs a 'reason', and an 'operation' or a 'schema'"
        raise SpecError(msg)
    return Deviation(**entry)
