"""The server called `demo`: `Client("demo")` is a client of it."""

from __future__ import annotations

import atexit
import threading
from typing import TYPE_CHECKING

from connectapi.errors import ConfigError
from connectapi.plugins.hookspecs import NamedServer, hookimpl

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
            try:
                # Not at the top: who has no use for the server need not have werkzeug, nor wait for it.
                from connectapi.plugins.manager import installed_plugins
                from connectapi.spec.index import builtin_folder
                from connectapi.testing.server import ConnectServer
            except ModuleNotFoundError as error:
                if (error.name or "").partition(".")[0] != "werkzeug":
                    raise
                msg = "the server 'demo' needs werkzeug: pip install 'connectapi[server]'"
                raise ConfigError(msg) from None
            folders = [each.path for each in installed_plugins().folders() if each.path != builtin_folder()]
            _demo = ConnectServer(folders=folders).start()
            atexit.register(_demo.close)
        return _demo
