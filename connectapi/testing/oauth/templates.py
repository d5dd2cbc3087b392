"""What the server knows of services outside: the templates of integrations, and configs held against them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from connectapi.testing.refusal import bad
from connectapi.testing.store import Document

__all__ = ["checked", "shown_config", "template_documents"]

_FILE: Final = Path(__file__).with_name("templates.yaml")


@frozen
class _Templates:
    """The templates by their ids, and the names of fields that are secret."""

    documents: Mapping[str, Document]
    secret: frozenset[str]


def template_documents() -> list[Document]:
    """Return all templates, as the API shows them."""
    return list(_templates().documents.values())


def checked(template: str, config: Document, before: Document | None = None) -> tuple[str, Document]:
    """Return the kind of authentication that a config asks for, and the config as it is kept.

    Args:
        template: the id of the template.
        config: what was sent.
        before: the config until now: its secrets stay, unless others are sent.

    Raises:
        Refusal: there is no such template, or the config does not fit it.
    """
    document = _templates().documents.get(template)
    if document is None:
        known = ", ".join(_templates().documents)
        raise bad(f"There is no template {template[:40]!r}; there are {known}.", "OAuthTemplateNotFound")
    options = {each["name"]: each for each in document["options"]}
    fields = {each["name"] for each in document["fields"]}
    for name, value in config.items():
        if name in options:
            _check_option(options[name], value)
        elif name not in fields:
            raise bad(f"The template {template} has no field {name[:40]!r}.", "OAuthTemplateConfig")
        elif not isinstance(value, str):
            raise bad(f"config.{name} must be text.", "OAuthTemplateConfig")
    kept = {name: value for name, value in (before or {}).items() if name in _templates().secret}
    auth_type = str(config.get("auth_type") or options["auth_type"]["default"])
    if "max_role" in options and not config.get("max_role"):
        message = f"config.max_role is one of {', '.join(options['max_role']['values'])}."
        raise bad(message, "VisitorApiKeyExchangeInvalidMaxAuthRole")
    return auth_type, {**kept, **config}


def shown_config(config: Document | None) -> Document:
    """Return a config without its secrets."""
    return {name: value for name, value in (config or {}).items() if name not in _templates().secret}


def _check_option(option: Document, value: object) -> None:
    if option["type"] == "bool":
        if not isinstance(value, bool):
            raise bad(f"config.{option['name']} must be true or false.", "OAuthTemplateConfig")
    elif value not in option["values"]:
        code = "VisitorApiKeyExchangeInvalidMaxAuthRole" if option["name"] == "max_role" else "OAuthTemplateConfig"
        raise bad(f"config.{option['name']} is one of {', '.join(option['values'])}.", code)


@cache
def _templates() -> _Templates:
    import yaml  # not at the top: most servers are never asked for templates

    # yaml.load() with a safe loader; the C one where there is one.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    told = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    secret = frozenset(told["secret"])
    documents = {key: _expanded(key, told, *row) for key, row in told["templates"].items()}
    return _Templates(documents, secret)


def _expanded(
    key: str, told: Mapping[str, Any], name: str, kinds: list[str], fields: list[str], options: list[str]
) -> Document:
    section: Document = {"id": 1, "order": 1, "name": "Settings", "description": f"What {name} needs to know."}
    return {
        "id": key,
        "name": name,
        "description": f"An integration with {name}.",
        "sections": [section],
        "options": [
            _option(i, each, *told["options"][each], kinds=kinds)
            for i, each in enumerate(["auth_type", *options], start=1)
        ],
        "fields": [
            {
                "name": each,
                "label": told["fields"][each][0],
                "description": told["fields"][each][1],
                "section": 1,
                "order": i,
                "visibility_expression": None,
                "default": "",
                "validation": "",
                "validation_description": "",
                "secret": each in told["secret"],
                "multiline": False,
            }
            for i, each in enumerate(fields, start=len(options) + 2)
        ],
        "environment_variables": [],
    }


def _option(
    order: int, name: str, label: str, description: str, kind: str, values: list[str] | None = None, *, kinds: list[str]
) -> Document:
    values = kinds if name == "auth_type" else values or []
    return {
        "name": name,
        "label": label,
        "description": description,
        "section": 1,
        "order": order,
        "visibility_expression": None,
        "type": kind,
        "values": values,
        "default": values[0] if values else False,
    }
