"""Which server a client calls and with which key: what is told goes before a profile, and that before the environment.

A key goes to the server that it was given for. What is told belongs together; a profile's key is for
the profile's server; and `CONNECT_API_KEY` is for `CONNECT_SERVER`, if that is set.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from attrs import frozen

from connectapi.client.settings import API_KEY, SERVER, address_of, is_name, named_server
from connectapi.errors import ConfigError
from connectapi.http.address import Address
from connectapi.http.security import Security
from connectapi.types import Secret

if TYPE_CHECKING:
    from connectapi.plugins.manager import Plugins
    from connectapi.profiles.profile import Profile

__all__ = ["PROFILE", "Resolved", "reopened", "resolve"]

#: Names the profile of a client that is given neither a server nor a profile.
PROFILE: Final = "CONNECT_PROFILE"


@frozen(kw_only=True)
class Resolved:
    """What a client calls, and with what.

    Args:
        address: where the server is.
        key: the key; None if there is none for this server.
        name: the word that stands for the server, such as `demo`.
        profile: the profile that it is from.
        withheld: why a key that is there was not taken, if one is.
    """

    address: Address
    key: Secret | None = None
    name: str | None = None
    profile: Profile | None = None
    withheld: str = ""

    def plugins(self, plugins: Plugins) -> Plugins:
        """Return the plugins of a client, with the one that the profile needs."""
        if self.profile is None or self.profile.snowflake_connection is None:
            return plugins
        from connectapi.client.snowflake import SnowflakeHosted

        if "SnowflakeHosted" in plugins.names():
            return plugins  # as was told
        return plugins.joined([SnowflakeHosted(self.profile.snowflake_connection)])

    def security(self, given: Security) -> Security:
        """Return how TLS connections are made: as was told, else as the profile says."""
        kept = self.profile
        if kept is None or given.ca_certificate is not None or given.insecure:
            return given
        return Security(
            ca_certificate=kept.ca_certificate,
            ca_data=kept.ca_data,
            client_certificate=given.client_certificate,
            insecure=kept.insecure,
        )


def resolve(
    server: str | None,
    api_key: str | Secret | None,
    *,
    api_endpoint: str | None,
    profile: str | None,
    plugins: Plugins,
) -> Resolved:
    """Return what a client calls that is told this; what is empty counts as not told.

    Raises:
        ConfigError: there is no server, no such profile, or what was told is malformed or does not fit together.
    """
    key = Secret(api_key) if isinstance(api_key, str) and api_key else api_key or None
    if profile:
        return _of_profile(profile, server, key, api_endpoint)
    there = os.environ.get(SERVER)
    if not server and not api_endpoint:
        named = os.environ.get(PROFILE)
        if not there and named:
            return _of_profile(named, None, key, None)
        server = there
    if server and is_name(server):
        return _of_name(server, key, api_endpoint, plugins)
    address = address_of(server or _fitting(there, api_endpoint), api_endpoint)
    if key is not None:
        return Resolved(address=address, key=key)
    found, withheld = _from_environment(address)
    return Resolved(address=address, key=found, withheld=withheld)


def reopened(address: Address, profile: str | None) -> Resolved:
    """Return what a client that comes out of a pickle calls: its server, with the key that is here for that."""
    if profile is None:
        found, withheld = _from_environment(address)
        return Resolved(address=address, key=found, withheld=withheld)
    from connectapi.profiles.lookup import find

    try:
        kept = find(profile)
    except ConfigError as error:
        return Resolved(address=address, withheld=str(error))
    if _is_at(address, kept.server):
        return Resolved(address=address, key=kept.api_key, profile=kept)
    return Resolved(address=address, withheld=f"the profile {profile!r} is for {_told(kept.server)} now")


def _of_profile(name: str, server: str | None, key: Secret | None, api_endpoint: str | None) -> Resolved:
    from connectapi.profiles.lookup import find  # loads for who has profiles

    kept = find(name)
    if server and (is_name(server) or not _is_at(Address.parse(server), kept.server)):
        msg = f"the profile {name!r} is for {Address.parse(kept.server).server}, not for {_told(server)}: give one of them"
        raise ConfigError(msg)
    address = Address.parse(kept.server, api_endpoint)
    if key is None and not _is_at(address, kept.server):
        msg = (
            f"the key of the profile {name!r} is for {Address.parse(kept.server).origin}, and not sent to "
            f"{address.origin}: pass connect_api_key=… with that api_endpoint"
        )
        raise ConfigError(msg)
    return Resolved(address=address, key=key or kept.api_key, profile=kept)


def _of_name(name: str, key: Secret | None, api_endpoint: str | None, plugins: Plugins) -> Resolved:
    try:
        named = named_server(name, plugins)
    except ConfigError:
        if _is_profile(name):
            msg = f"{name!r} is a profile and no server: Client(profile={name!r}), or connectapi --profile {name}"
            raise ConfigError(msg) from None
        raise
    address = address_of(named.url, api_endpoint)
    if key is None and _is_at(address, named.url):
        key = Secret(named.api_key)
    return Resolved(address=address, key=key, name=name)


def _is_profile(name: str) -> bool:
    from connectapi.profiles.lookup import known

    try:
        return name in known()
    except ConfigError:
        return False  # it is told where a profile is asked for


def _from_environment(address: Address) -> tuple[Secret | None, str]:
    there, found = os.environ.get(SERVER), _key_there()
    if found is None or not there or _is_at(address, there):
        return found, ""
    return None, f"{API_KEY} is for {_told(there)}, which {SERVER} names, and goes nowhere else"


def _key_there() -> Secret | None:
    # No local may hold the text: a traceback that shows locals would show it.
    return Secret(os.environ[API_KEY]) if os.environ.get(API_KEY) else None


def _fitting(there: str | None, api_endpoint: str | None) -> str | None:
    """Return the environment's server, if an endpoint that was told can be that server's."""
    if not there or api_endpoint is None:
        return there or None
    return there if _parsed(there) and _is_at(Address.parse(there, api_endpoint), there) else None


def _is_at(address: Address, server: str) -> bool:
    """Whether calls to an address are calls to a server, for which there is a key."""
    own = _parsed(server)
    return own is not None and (own.server, own.origin) == (address.server, address.origin)


def _parsed(server: str) -> Address | None:
    try:
        return Address.parse(server)
    except ConfigError:
        return None


def _told(server: str) -> str:
    """Return a server as a message may show it: one that is malformed may hold anything."""
    own = _parsed(server)
    return own.server if own else repr(server) if is_name(server) else "another server"
