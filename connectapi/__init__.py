"""A typed Python client for the Posit Connect Server API.

    from connectapi import Client, Content
    client = Client()  # CONNECT_SERVER and CONNECT_API_KEY
    for content in Content.get(client):
        print(content.title)

Every class is made from a declaration in `resources/`, when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from connectapi.exports import HOMES


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("connectapi")
    if name in HOMES:
        value = getattr(import_module(HOMES[name]), name)
    elif name[:1].isupper():
        value = getattr(import_module("connectapi.resources"), name)
    else:
        msg = f"module 'connectapi' has no attribute {name!r}"
        raise AttributeError(msg, name=name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    resources = import_module("connectapi.resources")
    return sorted({*HOMES, *(each for each in dir(resources) if each[:1].isupper()), "__version__"})
