"""What no declaration can say: a module a resource."""

from __future__ import annotations

from importlib import import_module
from typing import Final

__all__ = ["MODULES", "load"]

#: The modules that register handlers.
MODULES: Final = (
    "application",
    "audit_log",
    "bootstrap",
    "bundle",
    "content",
    "content_deploy",
    "content_parts",
    "content_search",
    "environment",
    "group",
    "instrumentation",
    "job",
    "oauth",
    "oauth_client",
    "oauth_credentials",
    "oauth_template",
    "permission",
    "repository",
    "runtime_cache",
    "schedule",
    "service_token",
    "settings",
    "system",
    "tag",
    "task",
    "user",
    "vanity",
    "variant",
)


def load() -> None:
    """Register all handlers; a second time changes nothing."""
    for name in MODULES:
        import_module(f"{__name__}.{name}")
