"""Finding content by words and filters: `sales owner:ada type:shiny,static tag:"North America" -draft`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

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
    has_part,
    inside,
    not_,
    one_of,
    starts,
    with_keys,
)
from connectapi.testing.handlers.tag import below
from connectapi.testing.identity import visible
from connectapi.testing.query import Term, parse
from connectapi.testing.refusal import bad
from connectapi.testing.registry import handles

__all__: list[str] = []


@handles("Content", "search")
def search(call: Call) -> Answer:
    """Find content; a filter that can't be understood is left out, with a warning."""
    if call.user.scopes is not None and (personal := call.include & {"bookmarked", "schedule"}):
        raise bad(f"include: {', '.join(sorted(personal))} is not for service tokens.", "InvalidInclude")
    conditions, warnings = list(visible(call.caller)), []
    for term in parse(call.params.get("q", "")):
        condition = _condition(call, term)
        if condition is None:
            warnings.append(f"The filter {term.key}:{','.join(term.values)} is not understood and was left out.")
        else:
            conditions.append(not_(condition) if term.negated else condition)
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
        "scheduled": inside("AppVariant", inside("Schedule")),
    }
    return any_of(*(known[value] for value in values)) if set(values) <= set(known) else None


def _not_flag(call: Call, values: tuple[str, ...]) -> Condition | None:
    flag = _flag(call, values)
    return not_(flag) if flag else None


def _bookmarked(call: Call) -> list[str]:
    return [each["guid"] for each in call.records.find("Content") if call.user.guid in each.get("_bookmarks", {})]


def _version(field: str) -> Callable[[Call, tuple[str, ...]], Condition | None]:
    """These versions or those within them (3.1 is not 3.11), or all from one on: `python:>=3.11`."""

    def condition(call: Call, values: tuple[str, ...]) -> Condition | None:
        found: list[Condition] = []
        for value in values:
            match = _BOUND.fullmatch(value)
            if match is None:
                return None
            if match["way"]:
                there = {content.get(field) for content in call.records.find("Content", not_(equals(field, None)))}
                compare, bound = _WAYS[match["way"]], _release(match["version"])
                found.append(one_of(field, [each for each in there if compare(_release(str(each)), bound)]))
            else:
                found += [equals(field, match["version"]), starts(field, f"{match['version']}.")]
        return any_of(*found)

    return condition


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _package(call: Call, values: tuple[str, ...]) -> Condition:
    _ = call
    return has_part("_packages", "name", values)


def _image(call: Call, values: tuple[str, ...]) -> Condition:
    _ = call
    return any_of(*(contains("image_name", value) for value in values))


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

_BOUND: Final = re.compile(r"(?P<way>>=|<=|>|<|)(?P<version>\d{1,9}(\.\d{1,9}){0,3})")
_WAYS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
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
    "package": _package,
    "image": _image,
}
