"""Finding content by words and filters: `sales owner:ada type:shiny,static tag:"North America" -draft`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from attrs import frozen

from connectapi.testing import generic
from connectapi.testing.call import Answer, Call
from connectapi.testing.conditions import (
    Condition,
    Order,
    all_of,
    any_of,
    at_least,
    contains,
    equals,
    has_item,
    not_,
    one_of,
    with_keys,
)
from connectapi.testing.handlers.tag import below
from connectapi.testing.identity import visible
from connectapi.testing.refusal import invalid
from connectapi.testing.registry import handles

__all__ = ["Term", "parse"]

#: A word or a phrase, perhaps with a key before it, perhaps negated.
_TERM: Final = re.compile(
    r'(?P<not>-?)(?:(?P<key>[A-Za-z_]+):)?(?P<value>(?:"[^"]*"|[^\s",]+)(?:,(?:"[^"]*"|[^\s",]+))*)'
)
_VALUE: Final = re.compile(r'"([^"]*)"|([^\s",]+)')


@frozen
class Term:
    """One part of a query; a plain word has an empty key."""

    key: str
    values: tuple[str, ...]
    negated: bool = False


def parse(query: str) -> Iterator[Term]:
    """Yield the parts of a query; what can't be read is taken for words."""
    for match in _TERM.finditer(query):
        values = tuple(quoted or plain for quoted, plain in _VALUE.findall(match["value"]))
        key = (match["key"] or "").lower()
        if not key and not match["value"].startswith('"'):
            values = (match["value"].replace('"', ""),)
        yield Term(key, values, bool(match["not"]))


@handles("Content", "search")
def search(call: Call) -> Answer:
    """Find content; a filter that can't be understood is left out, with a warning."""
    conditions, warnings = list(visible(call.caller)), []
    for term in parse(call.params.get("q", "")):
        condition = _condition(call, term)
        if condition is None:
            warnings.append(f"The filter {term.key}:{','.join(term.values)} is not understood and was left out.")
        else:
            conditions.append(not_(condition) if term.negated else condition)
    if (sort := call.params.get("sort")) and sort not in call.spec.fields:
        raise invalid("sort", f"{sort!r} is no field of content.")
    newest = [Order("last_deployed_time", ascending=False)]
    answer = generic.listed(call, *conditions, usual=newest, kind="Content")
    if warnings:
        answer["warnings"] = warnings
    return answer  # type: ignore[no-any-return]  # JSON


def _condition(call: Call, term: Term) -> Condition | None:
    if not term.key:
        return any_of(*(contains(name, term.values[0]) for name in ("title", "name", "description")))
    make = _FILTERS.get(term.key)
    return make(call, term.values) if make else None


def _owner(call: Call, values: tuple[str, ...]) -> Condition:
    names = [call.user.guid if value == "@me" else value for value in values]
    lowered = {name.lower() for name in names}
    users = call.records.find("User")
    found = [user["guid"] for user in users if user["username"].lower() in lowered or user["guid"] in lowered]
    return one_of("owner_guid", found)


def _type(call: Call, values: tuple[str, ...]) -> Condition:
    _ = call
    found = [one_of("app_mode", values), one_of("content_category", values)]
    for value in values:
        found += [one_of("app_mode", _GROUPS[value])] if value in _GROUPS else []
    return any_of(*found)


def _tag(call: Call, values: tuple[str, ...]) -> Condition:
    tags: list[str] = []
    for value in values:
        for tag in call.records.find("Tag", any_of(equals("name", value), equals("id", value))):
            tags += below(call, tag["id"])
    return has_item("_tags", tags)


def _flag(call: Call, values: tuple[str, ...]) -> Condition | None:
    known = {
        "published": not_(equals("bundle_id", None)),
        "locked": equals("locked", value=True),
        "bookmarked": with_keys(_bookmarked(call)),
        "scheduled": any_of(),
    }
    return any_of(*(known[value] for value in values)) if set(values) <= set(known) else None


def _not_flag(call: Call, values: tuple[str, ...]) -> Condition | None:
    flag = _flag(call, values)
    return not_(flag) if flag else None


def _bookmarked(call: Call) -> list[str]:
    return [each["guid"] for each in call.records.find("Content") if call.user.guid in each.get("_bookmarks", {})]


def _version(field: str) -> Callable[[Call, tuple[str, ...]], Condition]:
    return lambda _call, values: any_of(*(contains(field, value) for value in values))


def _published(call: Call, values: tuple[str, ...]) -> Condition | None:
    """Deployed on a day or later: `published:>=2024-01-31`."""
    _ = call
    match = re.fullmatch(r"(>=|<)(\d{4}-\d\d-\d\d)", values[0])
    if not match:
        return None
    since = at_least("last_deployed_time", match[2])
    return all_of(not_(equals("bundle_id", None)), since if match[1] == ">=" else not_(since))


_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "document": ("static", "rmd-static", "quarto-static", "jupyter-static"),
    "api": ("api", "python-api", "python-fastapi", "tensorflow-saved-model"),
    "notebook": ("jupyter-static", "jupyter-voila"),
    "app": (
        *("shiny", "rmd-shiny", "quarto-shiny", "python-shiny", "python-dash", "python-streamlit", "python-bokeh"),
        *("python-panel", "python-gradio", "jupyter-voila"),
    ),
}

_FILTERS: Final[Mapping[str, Callable[[Call, tuple[str, ...]], Condition | None]]] = {
    "owner": _owner,
    "type": _type,
    "tag": _tag,
    "is": _flag,
    "not": _not_flag,
    "published": _published,
    "python": _version("py_version"),
    "r": _version("r_version"),
    "image": _version("image_name"),
}
