"""What the server says of itself. It runs no code, but a client sees the languages of a usual server."""

from __future__ import annotations

import datetime
from typing import Final

from connectapi.testing.call import Answer, Call
from connectapi.testing.registry import handles
from connectapi.testing.shape import Shape

__all__ = ["VERSIONS"]

#: The versions of each language that the server claims to have.
VERSIONS: Final = {
    "python": ("3.11.9", "3.12.4"),
    "r": ("4.3.3", "4.4.1"),
    "quarto": ("1.4.557", "1.5.57"),
    "tensorflow": (),
    "nodejs": (),
}

_ZONES: Final = (
    *("America/Bogota", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/New_York"),
    *("America/Sao_Paulo", "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney"),
    *("Europe/Berlin", "Europe/London", "Europe/Madrid", "Europe/Paris", "Pacific/Auckland", "UTC"),
)


@handles("ServerSettings", "get_one")
def get_one(call: Call) -> Answer:
    """Return the version."""
    version = call.world.version
    document = {
        "version": version,
        "build": f"v{version}",
        "about": f"connectapi.testing v{version}",
        "hostname": "localhost",
    }
    return Shape(call).fields("ServerSettings", document)


@handles("ServerSettings", "public")
def public(call: Call) -> Answer:
    """Return what anyone may know."""
    document = {
        "authentication": {"handles_credentials": True, "handles_login": True, "name": "Password"},
        "system_display_name": "Posit Connect",
        "username_validator": "default",
        "prohibited_usernames": ["connect", "apps", "users", "groups", "setpassword", "user-completion", "confirm"],
    }
    return Shape(call).fields("PublicSettings", document)


@handles("ServerSettings", "python", "r", "quarto", "tensorflow", "nodejs")
def installations(call: Call) -> Answer:
    """List the versions of a language."""
    found = [{"version": each, "cluster_name": "Local", "image_name": "Local"} for each in VERSIONS[call.name]]
    document = {"installations": found, "api_enabled": True, "enabled": False}
    return Shape(call).fields(call.operation.answer.kind, document)


@handles("TimeZone", "get")
def time_zones(call: Call) -> Answer:
    """List time zones with their offsets as of now."""
    return [{"timezone": name, "offset": _offset(name, call.world.clock.now())} for name in _ZONES]


def _offset(name: str, now: datetime.datetime) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # which takes longer to load than to ask

    try:
        text = now.astimezone(ZoneInfo(name)).strftime("%z")
    except ZoneInfoNotFoundError:  # a system without the data of time zones
        text = "+0000"
    return f"{text[:3]}:{text[3:]}"
