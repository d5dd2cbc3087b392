"""The servers that `rsconnect add` saved, which are read and never written."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import msgspec
from attrs import frozen

from connectapi.errors import ConfigError
from connectapi.private.document import as_secret
from connectapi.profiles.profile import Profile
from connectapi.types import Secret

__all__ = ["load", "names", "servers_file"]

_FILE: Final = "servers.json"


@frozen(kw_only=True)
class _Entry:
    """What rsconnect-python writes of one server, as far as it says something here."""

    url: str
    api_key: Secret | None = None
    insecure: bool | None = None
    ca_cert: str | None = None
    snowflake_connection_name: str | None = None
    account_name: str | None = None
    connect_cloud_account_name: str | None = None


def servers_file() -> Path:
    """Return where rsconnect-python keeps its servers; the file need not be there."""
    home = Path.home()
    given = {"win32": os.environ.get("APPDATA"), "darwin": None}.get(sys.platform, os.environ.get("XDG_CONFIG_HOME"))
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "rsconnect-python" / _FILE
    if given and Path(given) != home:
        return Path(given) / "rsconnect-python" / _FILE
    return home / ".rsconnect-python" / _FILE


def names() -> list[str]:
    """Return the names of all that is saved.

    Raises:
        ConfigError: the file can't be read.
    """
    return sorted(_entries())


def load(name: str) -> Profile | None:
    """Return what is saved by a name; None if nothing is.

    Raises:
        ConfigError: it can't be read, or is no Connect server.
    """
    raw = _entries().get(name)
    if raw is None:
        return None
    try:
        entry = msgspec.json.decode(raw, type=_Entry, dec_hook=as_secret)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{servers_file()}: {name!r} can't be read: {error}. {_again(name)}") from None
    for platform, account in (
        ("shinyapps.io", entry.account_name),
        ("Connect Cloud", entry.connect_cloud_account_name),
    ):
        if account is not None:
            msg = f"{servers_file()}: {name!r} is an account of {platform}, which does not speak Connect's API"
            raise ConfigError(msg)
    return Profile(
        name=name,
        server=entry.url,
        place="rsconnect",
        api_key=entry.api_key,
        ca_data=entry.ca_cert or None,
        insecure=bool(entry.insecure),
        snowflake_connection=entry.snowflake_connection_name or None,
    )


def _entries() -> dict[str, msgspec.Raw]:
    path = servers_file()
    try:
        # No local may hold the text: a traceback that shows locals would show the keys.
        return msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw])
    except FileNotFoundError:
        return {}
    except OSError as error:
        reason = str(error.strerror)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error)
    raise ConfigError(f"{path}, where rsconnect keeps its servers, can't be read: {reason}. Mend it, or move it away")


def _again(name: str) -> str:
    return f"Save it anew: rsconnect add --name {name}"
