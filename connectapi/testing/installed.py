"""A server as this installation of connectapi has it: with the resources and handlers of all plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from connectapi.errors import ConfigError

if TYPE_CHECKING:
    from connectapi.testing.server import ConnectServer

__all__ = ["installed_server"]

#: What the extra `server` installs.
_EXTRA: Final = frozenset({"jinja2", "werkzeug"})


def installed_server(what: str, **options: Any) -> ConnectServer:
    """Make a server that answers for installed plugins' resources too; it is not started.

    Args:
        what: what the server is for, as a message that it can't be had begins.
        options: as for `ConnectServer`; `folders` come after those of the plugins.

    Raises:
        ConfigError: the extra `server` is not installed.
    """
    try:
        # Not at the top: who has no use for the server need not have werkzeug, nor wait for it.
        from connectapi.plugins.manager import installed_plugins
        from connectapi.testing.server import ConnectServer
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _EXTRA:
            raise
        msg = f"{what} needs {package}: pip install 'connectapi[server]'"
        raise ConfigError(msg) from None
    return ConnectServer(**{**options, "plugins": installed_plugins().joined(options.get("plugins", ()))})
