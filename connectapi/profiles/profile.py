"""What is kept of a server under a name."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import frozen

from connectapi.types import Secret

__all__ = ["Place", "Profile"]

#: Where an API key is: in a file that only the user can read, in the system's keyring, or with rsconnect.
Place: TypeAlias = Literal["file", "keyring", "rsconnect"]


@frozen(kw_only=True)
class Profile:
    """A server and what opens it.

    Args:
        name: what it is called.
        server: the server's URL.
        place: where the key is.
        api_key: an API key of that server; None where it is called without one, after signing in.
        ca_certificate: a file with the certificates of the authorities to trust.
        ca_data: those certificates themselves, in PEM form.
        insecure: not to check the server's certificate.
        snowflake_connection: the connection to Snowflake whose tokens let calls through to the server.
    """

    name: str
    server: str
    place: Place
    api_key: Secret | None = None
    ca_certificate: str | None = None
    ca_data: str | None = None
    insecure: bool = False
    snowflake_connection: str | None = None
