"""Content in its former form: numbers for ids, and the owner's names beside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from connectapi.testing.access import authorize_content
from connectapi.testing.call import Answer, Call
from connectapi.testing.conditions import Condition, Order, any_of, contains, equals
from connectapi.testing.identity import app_role, visible
from connectapi.testing.refusal import absent, bad
from connectapi.testing.registry import handles
from connectapi.testing.shape import shown
from connectapi.testing.store import Document

__all__: list[str] = []

#: The kinds of content by their numbers.
_MODES: Final = (
    *("unknown", "shiny", "rmd-shiny", "rmd-static", "static", "api", "tensorflow-saved-model", "jupyter-static"),
    *("python-api", "python-dash", "python-streamlit", "python-bokeh", "python-fastapi", "quarto-shiny"),
    *("quarto-static", "python-shiny", "jupyter-voila", "python-gradio", "python-panel"),
)
_NEWEST: Final = (Order("place", ascending=False),)

#: What a filter can be about.
_FILTERS: Final[dict[str, Callable[[str], Condition]]] = {
    "content_type": lambda value: equals("content_category", value),
    "name": lambda value: equals("name", value),
}


@handles("Application", "get")
def get(call: Call) -> Answer:
    """List the content that the caller may see."""
    conditions = [_condition(text) for text in call.params.get("filter", ())]
    words = call.params.get("search", "").split()
    conditions += [any_of(*(contains(name, word) for name in ("title", "name", "description"))) for word in words]
    found = call.records.find("Content", *visible(call.caller), *conditions, order=_NEWEST)
    cut = found[: call.params.get("count")]
    items = [_shown(call, content) for content in cut]
    return {call.operation.items: items, "count": len(items), "total": len(found), "continuation": None}


@handles("Application", "get_one")
def get_one(call: Call) -> Answer:
    """Return one content item, by its number or its guid."""
    found = call.records.find("Content", any_of(equals("id", call.key), equals("guid", call.key)), limit=1)
    if not found:
        raise absent()
    authorize_content(call, found[0])
    return _shown(call, found[0])


def _condition(text: str) -> Condition:
    name, _, value = text.partition(":")
    if name not in _FILTERS:
        raise bad(f"filter: {text[:60]!r} is about none of {', '.join(_FILTERS)}.", "InvalidFilterField")
    return _FILTERS[name](value)


def _shown(call: Call, content: Document) -> Document:
    owner = call.records.get("User", content["owner_guid"]) or {}
    mode, bundle = content["app_mode"], content.get("bundle_id")
    document = {
        **content,
        "id": int(content["id"]),
        "app_mode": _MODES.index(mode) if mode in _MODES else 0,
        "bundle_id": None if bundle is None else int(bundle),
        "has_parameters": content.get("parameterized") or False,
        "url": call.url(f"/content/{content['guid']}/"),
        "app_role": app_role(call.records, content, call.caller),
        **{f"owner_{name}": owner.get(name) for name in ("username", "first_name", "last_name", "email", "locked")},
    }
    return shown(call, "Application", document)
