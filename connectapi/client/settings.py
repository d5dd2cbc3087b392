"""What a client's settings mean, and what the environment and plugins say where it is not told."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from connectapi.errors import ConfigError
from connectapi.http.address import Address
from connectapi.http.proxy import is_loopback
from connectapi.http.retry import Retries, RetryPolicy
from connectapi.types import InsecureWarning, Secret

if TYPE_CHECKING:
    from connectapi.http.auth import Auth
    from connectapi.plugins.hookspecs import NamedServer
    from connectapi.plugins.manager import Plugins

__all__ = [
    "API_KEY",
    "SERVER",
    "address_of",
    "at_least_one",
    "auth_for",
    "is_name",
    "named_server",
    "plugins_with",
    "retries_for",
    "warn_if_exposed",
]

SERVER: Final = "CONNECT_SERVER"
API_KEY: Final = "CONNECT_API_KEY"

#: A word such as `demo`: what is given as a server but is no URL and no host name.
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*")


#: The servers that were warned of.
_warned: set[str] = set()


def is_name(server: str) -> bool:
    """Whether a server is given by a name that a plugin knows."""
    return bool(_NAME.fullmatch(server)) and server != "localhost"


def at_least_one(name: str, number: int) -> int:
    """Return a number as it is; `ValueError` if it is not a number of things."""
    if type(number) is not int or number < 1:
        msg = f"{name}: expected a whole number, 1 or more, found {number!r}"
        raise ValueError(msg)
    return number


def plugins_with(given: Sequence[object]) -> Plugins:
    """Return the installed plugins, with those that a client is given.

    Raises:
        PluginError: one can't be loaded, or does not fit.
    """
    from connectapi.plugins.manager import installed_plugins

    installed = installed_plugins()
    return installed.joined(given) if given else installed


def named_server(name: str, plugins: Plugins) -> NamedServer:
    """Return the server that goes by a name.

    Raises:
        ConfigError: there is none.
    """
    found = plugins.server(name)
    if found is None:
        msg = f"{name!r} is no server: give its URL, such as 'https://{name}.example.com', or 'demo'"
        raise ConfigError(msg)
    return found


def address_of(server: str | None, api_endpoint: str | None) -> Address:
    """Return where calls go.

    Raises:
        ConfigError: nothing says so, or what does is malformed.
    """
    if server is None and api_endpoint is None:
        msg = (
            f"no server given: set {SERVER} (such as https://connect.example.com) and {API_KEY}, "
            'or pass Client(connect_server=…, connect_api_key=…); Client("demo") runs an embedded server'
        )
        raise ConfigError(msg)
    return Address.parse(server, api_endpoint)


def auth_for(address: Address, key: Secret | None, plugins: Plugins, withheld: str = "") -> Auth:
    """Return how calls show who is calling.

    Args:
        address: where calls go.
        key: the key for that server, if there is one.
        plugins: who else may know.
        withheld: why a key that is there was not taken, for the message.

    Raises:
        ConfigError: there is no key, and no plugin that does without.
    """
    found = plugins.auth(address.called, key)
    if found is None:
        raise ConfigError(_no_key(address.called, withheld))
    return found


def retries_for(address: Address, plugins: Plugins) -> Retries:
    """Return what is tried again, where the client does not say so."""
    return plugins.retries(address.server) or RetryPolicy()


def warn_if_exposed(origin: str, key: Secret | None, *, insecure: bool) -> None:
    """Warn, once for a server, that others can read what is sent to it, the key first of all."""
    host = urlsplit(origin).hostname or ""
    if origin.startswith("https:"):
        what = "its certificate is not checked" if insecure else ""
    else:
        what = "it is called over plain HTTP" if key is not None and not is_loopback(host) else ""
    if what and origin not in _warned:
        _warned.add(origin)
        advice = "set CONNECT_CA_CERTIFICATE instead of insecure=True" if insecure else "use an https:// URL"
        msg = f"whoever is on the way to {origin} can read the API key, since {what}: {advice}"
        warnings.warn(msg, InsecureWarning, stacklevel=3)


def _no_key(server: str, withheld: str) -> str:
    if withheld:
        return f"no API key given for {server}: {withheld}. Pass Client({server!r}, connect_api_key=…) or a profile, or sign in: connectapi login {server}"
    return (
        f"no API key given for {server}: set {API_KEY} (and {SERVER}), or pass Client(connect_api_key=…); "
        f"make a key in Connect under your name › API Keys, or sign in: connectapi login {server}; "
        'Client("demo") needs none'
    )
