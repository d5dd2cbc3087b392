"""What a client has in common with the views of it that have other limits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

from attrs import define, field

from connectapi.client.kept import Kept
from connectapi.locks import ForkLock

if TYPE_CHECKING:
    from connectapi.http.auth import Auth
    from connectapi.http.renewal import Renewal
    from connectapi.http.transport import Transport
    from connectapi.plugins.hookspecs import Send

__all__ = ["Shared"]

#: How many viewers, and how many credentials, are kept.
_MOST: Final = 1000


@define(eq=False)
class Shared:
    """The connections of a client, and what it knows of its server."""

    auth: Auth | None = None
    transport: Transport | None = None
    #: What plugins have wrapped around the transport's `send`, if anything.
    send: Send | None = None
    version: str | None = None
    lock: ForkLock = field(factory=partial(ForkLock, 0))
    #: Those of views that use these connections as somebody else; and whose connections these are, if not its own.
    below: WeakSet[Shared] = field(factory=WeakSet, repr=False)
    above: Shared | None = field(default=None, repr=False)
    #: By session token: a server with more viewers at a time exchanges some tokens again.
    viewers: Kept[Shared] = field(factory=lambda: Kept(_MOST), repr=False)
    credentials: Kept[Renewal[Any]] = field(factory=lambda: Kept(_MOST), repr=False)

    def closed(self) -> Transport | None:
        """Forget the connections, and return what closes them, if they are its own to close."""
        transport, self.transport = self.transport, None
        for each in list(self.below):
            each.transport = None
        return transport if self.above is None else None
