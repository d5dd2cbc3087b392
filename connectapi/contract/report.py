"""What came of a comparison, in the order in which a reader wants it, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs
from attrs import frozen

from connectapi.contract.compare import Comparison, compare
from connectapi.contract.differences import Deviation, Difference, load_deviations
from connectapi.errors import ConnectError
from connectapi.spec.index import SpecIndex

__all__ = ["Report", "checked", "deviations_of"]


@frozen
class Report:
    """A comparison, sorted by what there is to do about it.

    `declared` of the document's `operations` are declared; `unexplained` are the differences that
    are drift, `deliberate` those that have a reason, `stale` the reasons that nothing needs any more.
    """

    document: str
    operations: int
    declared: int
    unexplained: tuple[Difference, ...]
    deliberate: tuple[Difference, ...]
    stale: tuple[Deviation, ...]

    @classmethod
    def of(cls, document: str, comparison: Comparison) -> Report:
        """Sort a comparison; `document` says what the declarations were held against."""
        total = len(comparison.operations)
        return cls(
            document=document,
            operations=total,
            declared=total - len(comparison.undeclared),
            unexplained=comparison.unexplained,
            deliberate=tuple(each for each in comparison.differences if each.reason),
            stale=comparison.stale,
        )

    @property
    def drifted(self) -> bool:
        """Whether there is a difference that nobody has given a reason for."""
        return bool(self.unexplained)

    def data(self) -> dict[str, object]:
        """Return the same as plain data, for JSON."""
        return {
            "document": self.document,
            "operations": {"contract": self.operations, "declared": self.declared},
            "drift": self.drifted,
            "unexplained": [_entry(each) for each in self.unexplained],
            "deliberate": [_entry(each) for each in self.deliberate],
            "stale": [_entry(each) for each in self.stale],
        }


def checked(
    index: SpecIndex, document: Mapping[str, object], name: str, resources: Iterable[str] | None = None
) -> Report:
    """Hold everything that is declared against an OpenAPI document.

    Args:
        index: the declarations.
        document: the document, as plain data.
        name: where the document was found.
        resources: the names of those to look at, and no others; what else the document has is then no difference.

    Raises:
        ConnectError: the document is not whole.
    """
    try:
        if resources is None:
            return Report.of(name, compare(index.specs(), index, document, deviations_of(index)))
        specs = [index.resource(each) for each in resources]
        return Report.of(name, compare(specs, index, document, deviations_of(index)).of_declared(specs))
    except ValueError as error:
        msg = f"{name}: {error}"
        raise ConnectError(msg) from None
    except RecursionError:
        msg = f"{name}: its schemas lead back to themselves without an end"
        raise ConnectError(msg) from None


def deviations_of(index: SpecIndex) -> tuple[Deviation, ...]:
    """Return the differences that are meant, of connectapi and of every plugin that has such a file."""
    files = (folder.path / "contract" / "deviations.yaml" for folder in index.folders)
    return tuple(deviation for file in files if file.is_file() for deviation in load_deviations(file))


def _entry(value: Difference | Deviation) -> dict[str, object]:
    """Return the parts of a difference that say something."""
    return attrs.asdict(value, filter=lambda _attribute, part: part != "")
