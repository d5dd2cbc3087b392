"""The server called `demo`: `Client("demo")` is a client of it."""

from __future__ import annotations

import atexit
import threading
from typing import TYPE_CHECKING

from connectapi.plugins.hookspecs import NamedServer, hookimpl
from connectapi.testing.installed import installed_server

if TYPE_CHECKING:
    from connectapi.testing.server import ConnectServer

__all__ = ["choose_server"]

_lock = threading.Lock()
_demo: ConnectServer | None = None


@hookimpl
def choose_server(name: str) -> NamedServer | None:
    """Return the demo server, which starts when it is first asked for and ends with the process.

    It answers the calls of installed plugins' resources too.

    Raises:
        ConfigError: the extra `server` is not installed.
    """
    # The protocol has plain attributes where the server has properties; both are only read.
    return _started() if name == "demo" else None


def _started() -> ConnectServer:
    global _demo  # noqa: PLW0603 -- one a process is the point
    with _lock:
        if _demo is None:
            _demo = installed_server("the server 'demo'").start()
            atexit.register(_demo.close)
        return _demo
