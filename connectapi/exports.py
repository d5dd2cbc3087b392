"""The public names of the package that are no resource's class, and where each of them lives."""

from __future__ import annotations

from typing import Final

__all__ = ["HOMES"]

#: Public name → module.
HOMES: Final = {
    "Client": "connectapi.client.client",
    "Record": "connectapi.resource.record",
    "ResourceIterator": "connectapi.query.results",
    "ResourceList": "connectapi.query.results",
    "Search": "connectapi.query.search",
    "Secret": "connectapi.types",
    "hookimpl": "connectapi.plugins.hookspecs",
    **dict.fromkeys(
        (
            "APIError",
            "AuthenticationError",
            "BadRequestError",
            "BundleError",
            "ConfigError",
            "ConflictError",
            "ConnectError",
            "DecodeError",
            "NotFoundError",
            "PermissionDeniedError",
            "PluginError",
            "RateLimitError",
            "ServerError",
            "SpecError",
            "TLSError",
            "TaskError",
            "TimeoutError",
            "TransportError",
            "UnsupportedError",
        ),
        "connectapi.errors",
    ),
}
