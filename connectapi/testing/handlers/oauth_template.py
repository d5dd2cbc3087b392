"""OAuth templates: the services that the server knows."""

from __future__ import annotations

from connectapi.testing.call import Answer, Call
from connectapi.testing.oauth.templates import template_documents
from connectapi.testing.refusal import absent
from connectapi.testing.registry import handles
from connectapi.testing.shape import shown

__all__: list[str] = []


@handles("OAuthTemplate", "get")
def get(call: Call) -> Answer:
    """List the templates."""
    return [shown(call, "OAuthTemplate", each) for each in template_documents()]


@handles("OAuthTemplate", "get_one")
def get_one(call: Call) -> Answer:
    """Return one template."""
    for each in template_documents():
        if each["id"] == call.key:
            return shown(call, "OAuthTemplate", each)
    raise absent(f"The template {call.key[:40]!r}")
