"""What a client has in common with the views of it that have other limits."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from attrs import define, field

if TYPE_CHECKING:
    from connectapi.http.auth import Auth
    from connectapi.http.transport import Transport

__all__ = ["Shared"]


@define(eq=False)
class Shared:
    """The connections of a client, and what it knows of its server."""

    auth: Auth | None = None
    transport: Transport | None = None
    version: str | None = None
    lock: Lock = field(factory=Lock)
