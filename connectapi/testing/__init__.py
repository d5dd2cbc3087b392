"""A Connect server of one's own: it listens on loopback, keeps state, and answers the declared calls.

    from connectapi.testing import ConnectServer
    with ConnectServer() as server:
        client = Client(server.url, server.api_key)

It needs the extra `server`: `pip install 'connectapi[server]'`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from connectapi.testing.clock import FakeClock as FakeClock
    from connectapi.testing.server import ConnectServer as ConnectServer
    from connectapi.testing.trust import TrustedIssuer as TrustedIssuer

__all__ = ["ConnectServer", "FakeClock", "TrustedIssuer"]

#: The module of each name.
_MODULES: Final = {"ConnectServer": "server", "FakeClock": "clock", "TrustedIssuer": "trust"}


def __getattr__(name: str) -> Any:
    # Loading werkzeug takes longer than all the rest of connectapi; who asks for nothing here waits for nothing.
    if name in _MODULES:
        return getattr(import_module(f"connectapi.testing.{_MODULES[name]}"), name)
    msg = f"module 'connectapi.testing' has no attribute {name!r}"
    raise AttributeError(msg, name=name)


def __dir__() -> list[str]:
    return sorted(__all__)
