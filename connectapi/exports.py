"""The public names of the package that are no resource's class, and where each of them lives."""

from __future__ import annotations

from typing import Final

__all__ = ["HOMES"]

#: Public name → module.
HOMES: Final = {
    "AWSCredentials": "connectapi.client.credentials",
    "Client": "connectapi.client.client",
    "Credentials": "connectapi.client.credentials",
    "FailedAttempt": "connectapi.types",
    "Failure": "connectapi.http.retry",
    "InsecureWarning": "connectapi.types",
    "Record": "connectapi.resource.record",
    "ResourceIterator": "connectapi.query.results",
    "ResourceList": "connectapi.query.results",
    "RetryPolicy": "connectapi.http.retry",
    "Search": "connectapi.query.search",
    "Secret": "connectapi.types",
    "SignIn": "connectapi.signin.signing",
    "SnowflakeHosted": "connectapi.client.snowflake",
    "Token": "connectapi.http.token",
    "TokenAuth": "connectapi.http.token",
    "TokenRequest": "connectapi.http.steps",
    "TokenSource": "connectapi.http.token",
    "bootstrap": "connectapi.client.bootstrap",
    "granted": "connectapi.http.token",
    "hookimpl": "connectapi.plugins.hookspecs",
    **dict.fromkeys(("sign_in", "sign_out", "signed_in"), "connectapi.signin.signing"),
    **dict.fromkeys(
        (
            "APIError",
            "AuthenticationError",
            "BadRequestError",
            "BootstrapError",
            "BundleError",
            "ConfigError",
            "ConflictError",
            "ConnectError",
            "DecodeError",
            "NotFoundError",
            "PermissionDeniedError",
            "PluginError",
            "RateLimitError",
            "RedirectError",
            "ServerError",
            "SeedError",
            "SignInError",
            "SpecError",
            "TLSError",
            "TaskError",
            "TimeoutError",
            "TooLargeError",
            "TransportError",
            "UnsupportedError",
        ),
        "connectapi.errors",
    ),
}
