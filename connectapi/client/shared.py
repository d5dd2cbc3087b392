"""What a client has in common with the views of it that have other limits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import define, field

from connectapi.locks import ForkLock

if TYPE_CHECKING:
    from connectapi.http.auth import Auth
    from connectapi.http.transport import Transport
    from connectapi.plugins.hookspecs import Send

__all__ = ["Shared"]


@define(eq=False)
class Shared:
    """The connections of a client, and what it knows of its server."""

    auth: Auth | None = None
    transport: Transport | None = None
    #: What plugins have wrapped around the transport's `send`, if anything.
    send: Send | None = None
    version: str | None = None
    lock: ForkLock = field(factory=partial(ForkLock, 0))
