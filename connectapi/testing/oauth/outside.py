"""Calls of the server to a service outside: over HTTP, and to this machine alone."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from werkzeug.wrappers import Request

__all__ = ["OutsideError", "own_address", "post_form", "reachable"]

#: The longest wait for an answer, in seconds.
_PATIENCE: Final = 10.0
#: The longest answer, in bytes.
_LONGEST: Final = 2**20


class OutsideError(Exception):
    """A service outside refused, or did not answer; the message has no secret in it."""


def own_address(request: Request) -> str:
    """Return where this server itself can be called from this machine."""
    host, port = str(request.environ["SERVER_NAME"]), str(request.environ["SERVER_PORT"])
    host = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- where it listens
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def reachable(url: str) -> bool:
    """Whether an address is one of this machine: the server calls no other."""
    parts = urlsplit(url)
    try:
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.scheme == "http" and parts.hostname == "localhost"


def post_form(url: str, fields: Mapping[str, str]) -> Mapping[str, Any]:
    """Send a form, and return the JSON object that comes back.

    Raises:
        OutsideError: nothing else than an object with a good status is taken for an answer.
    """
    import urllib3  # not at the top: most servers call nobody

    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    status, answer = 0, None
    try:
        with urllib3.PoolManager(retries=False, timeout=_PATIENCE) as pool:
            response = pool.request("POST", url, body=urlencode(fields), headers=headers, redirect=False)
            status = response.status
            answer = response.json() if len(response.data) <= _LONGEST else None
    except urllib3.exceptions.HTTPError as error:
        msg = f"{url} did not answer: {type(error).__name__}"
        raise OutsideError(msg) from None
    except ValueError:
        pass  # no JSON
    if not isinstance(answer, dict):
        msg = f"{url} answered with the status {status} and no JSON object"
        raise OutsideError(msg)
    if status != 200:  # noqa: PLR2004
        told = f"{answer.get('error')}: {answer.get('error_description') or 'no reason given'}".rstrip(".")
        msg = f"{url} refused: {told}"
        raise OutsideError(msg)
    return answer
