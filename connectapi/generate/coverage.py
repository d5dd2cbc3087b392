"""`docs/coverage.md`: how much of an OpenAPI document is declared, beside what other clients call."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from connectapi.contract.differences import NOTHING, Difference
from connectapi.contract.document import read_document
from connectapi.contract.openapi import operations, shape
from connectapi.contract.report import Report, checked
from connectapi.spec.index import SpecIndex

__all__ = ["coverage_page"]

_HEAD: Final = "<!-- Made by `python -m connectapi.generate --coverage FILE`. Do not edit. -->"

_METHOD: Final = """\
connectapi's column counts the operations that a resource file declares; the check that makes this page also
compares each one's parameters, body, answer and status. The other columns count the operations whose verb and
path occur in a client's sources, and compare nothing else:

{peers}

Such a count is rather too high than too low: a generic class that sends to whatever path it is made with
counts for each of these paths, with every verb that it has, where the contract has that operation. A path that is
composed in a way that the reader does not follow is missed. What lies outside of `/v1` is not counted for
anybody: no contract has it."""


@frozen
class _Peer:
    """Another client, and the calls that its sources make."""

    title: str
    method: str
    calls: frozenset[str]


def coverage_page(index: SpecIndex, contract: Path, peers: Path) -> str:
    """Return the text of the page.

    Args:
        index: the declarations.
        contract: a file with an OpenAPI document.
        peers: what `benchmarks/peers_coverage.py` found in other clients; may be missing.
    """
    name, document = read_document(str(contract))
    info = document.get("info")
    title = f"{info.get('title')}, version {info.get('version')}" if isinstance(info, Mapping) else name
    report = checked(index, document, title)
    clients = list(_peers(peers))
    parts = [
        _HEAD,
        "# Coverage",
        f"Held against: {title}. {_sentence(report)}",
        "## Operations by tag",
        _by_tag(document, report, clients),
        "## How it was counted" if clients else "",
        _METHOD.format(peers="\n".join(f"- **{each.title}**: {each.method}." for each in clients)) if clients else "",
        "## Deliberate differences",
        "Where the declarations differ on purpose, the reasons are in `resources/contract/deviations.yaml`.",
        _differences(report.deliberate),
    ]
    if report.drifted:
        parts += ["## Unexplained differences", *(f"- {each}" for each in report.unexplained)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _sentence(report: Report) -> str:
    unexplained, stale = len(report.unexplained), len(report.stale)
    return (
        f"{report.declared} of {report.operations} operations are declared, "
        f"with {unexplained} unexplained differences, {len(report.deliberate)} deliberate ones, "
        f"and {stale} reasons for what is no difference any more."
    )


def _peers(file: Path) -> Iterator[_Peer]:
    for each in json.loads(file.read_text(encoding="utf-8")) if file.is_file() else ():
        yield _Peer(f"{each['name']} {each['version']}", each["method"], frozenset(each["calls"]))


def _by_tag(document: Mapping[str, object], report: Report, clients: Sequence[_Peer]) -> str:
    differences = (*report.unexplained, *report.deliberate)
    missing = {shape(each.operation) for each in differences if each.kind == "operation" and each.declared == NOTHING}
    tags: dict[str, list[str]] = {}
    for key, operation in operations(document).items():
        tags.setdefault(operation.tags[0] if operation.tags else "(none)", []).append(key)
    lines: list[Sequence[str]] = [("tag", "contract", "connectapi", *(each.title for each in clients))]
    lines.append(("---", *("---:" for _ in lines[0][1:])))
    for tag in (*sorted(tags), ""):
        keys = tags[tag] if tag else [key for each in tags.values() for key in each]
        counts = [len(keys), len(set(keys) - missing), *(len(each.calls.intersection(keys)) for each in clients)]
        lines.append((tag or "**all**", *(str(count) if tag else f"**{count}**" for count in counts)))
    return _lines(lines)


def _differences(differences: Iterable[Difference]) -> str:
    rows = [(f"`{each.operation}`", each.place or each.kind, each.reason) for each in differences]
    return _lines([("operation", "place", "reason"), ("---", "---", "---"), *rows])


def _lines(rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(each.replace('|', '&#124;') for each in row)} |" for row in rows)
