"""What went wrong, as the errors that users see: from an answer, or from what urllib3 raised."""

from __future__ import annotations

import builtins
import html
import http.client
import re
import ssl
from collections.abc import Iterable
from socket import EAI_AGAIN, gaierror
from typing import Final, TypeVar
from urllib.parse import urlsplit

import msgspec
from attrs import frozen
from urllib3 import exceptions as wire

from connectapi.codes import code_number
from connectapi.errors import (
    APIError,
    TimeoutError,
    TLSError,
    TransportError,
    api_error,
)
from connectapi.http.auth import masked
from connectapi.http.deadline import Deadline
from connectapi.http.options import Options
from connectapi.http.retry import retry_after
from connectapi.http.values import CORRELATION_ID, Request, Response
from connectapi.types import Secret

__all__ = ["Attempt", "answer_failure", "busy", "one_line", "wire_failure", "without_frames"]

E = TypeVar("E", bound=BaseException)

#: How much of an answer is looked at for its message, in bytes, and how much is shown, in characters.
_LOOKED_AT: Final = 16 * 1024
_SHOWN: Final = 200

_TITLE: Final = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
_TAG: Final = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_SPOKE_HTTP_TO_TLS: Final = re.compile(rb"HTTP request (was sent )?to (an )?HTTPS", re.IGNORECASE)
_NOT_TLS: Final = re.compile("WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE")

#: How a server that speaks TLS tells one that does not, and what http.client makes of it.
_TLS_ALERT: Final = "\x15\x03"

_SPEAKS_TLS: Final = "speaks TLS only. Set CONNECT_SERVER to an https:// URL"
_CHECK_SERVER: Final = "Check CONNECT_SERVER"
_LOOK: Final = "Look before you repeat a call that changes something"
_TRUST: Final = "If you trust it, set SSL_CERT_FILE to a file with the certificate of the authority that signed it"
#: What to do about a certificate, by OpenSSL's number of the fault.
_CERTIFICATE_ADVICE: Final = {
    9: "Check this computer's clock",
    10: "Ask the server's administrator to renew it, and check this computer's clock",
    18: _TRUST,
    19: _TRUST,
    20: _TRUST,
    21: _TRUST,
    62: f"{_CHECK_SERVER}: it must name the host as the certificate does",
    64: f"{_CHECK_SERVER}: it must name the host as the certificate does",
}


@frozen
class Attempt:
    """One try at a request: what it may take, and what a message about its failure tells."""

    request: Request
    origin: str
    options: Options
    deadline: Deadline | None = None
    number: int = 1
    secrets: tuple[Secret, ...] = ()

    @property
    def read_timeout(self) -> float:
        """The longest silence of the server, in seconds."""
        return self.request.timeout or self.options.read_timeout


def without_frames(error: E) -> E:
    """Return an error without the frames it came through, and so for each error behind it.

    Below urllib3, http.client holds the whole header block in a local, the key in plain text;
    loggers and debuggers that show locals would show it.
    """
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        each = pending.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            each.__traceback__ = None
            pending += [each.__cause__, each.__context__]
    return error


def one_line(text: str) -> str:
    """Return a text on one line, free of control characters, at most 200 characters long."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


# From an answer -------------------------------------------------------------------------------


def answer_failure(
    request: Request, response: Response, origin: str, secrets: Iterable[Secret] = ()
) -> APIError | TLSError | None:
    """Return the error that an answer stands for, or None for a good one.

    What the server says is shown without `secrets`.
    """
    if response.status < 400:  # noqa: PLR2004 -- HTTP's own boundary; what leads elsewhere is the business of `redirect`
        return None
    if origin.startswith("http:") and _SPOKE_HTTP_TO_TLS.search(response.body[:_LOOKED_AT]):
        return TLSError(f"{request}: {origin} {_SPEAKS_TLS}.")
    text = masked(response.body.decode("utf-8", "replace"), secrets)
    code, message, payload = _said(text)
    return api_error(response.status)(
        status=response.status,
        reason=masked(one_line(response.reason), secrets),
        verb=request.verb,
        path=request.path,
        message=message,
        code=code,
        correlation_id=response.correlation_id or request.headers.get(CORRELATION_ID),
        payload=payload,
        retry_after=retry_after(response.headers.get("Retry-After")),
    )


def _said(text: str) -> tuple[int | None, str, object]:
    """Return the code, the message and the payload of an error's body, whatever it is."""
    try:
        found: object = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None, _gist(text[:_LOOKED_AT]), None
    if not isinstance(found, dict):
        return None, one_line(found if isinstance(found, str) else text), found
    parts = [found.get(key) for key in ("error", "error_description", "message")]  # the second: OAuth's
    message = ": ".join(part for part in parts if isinstance(part, str) and part)
    payload = found.get("payload") if "payload" in found or "code" in found else found
    return _code(found.get("code")), one_line(message or text), payload


def _code(found: object) -> int | None:
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    if isinstance(found, str):
        try:
            return int(found) if found.isdecimal() else code_number(found)
        except ValueError:
            return None
    return None


def _gist(text: str) -> str:
    """Return what a page or a plain text says; an HTML page says its title."""
    if not text.lstrip().startswith("<"):
        return one_line(text)
    title = _TITLE.search(text)
    return one_line(html.unescape(title[1] if title and title[1].strip() else _TAG.sub(" ", text)))


# From the wire --------------------------------------------------------------------------------


def wire_failure(error: wire.HTTPError, attempt: Attempt) -> TransportError:
    """Return what an error of urllib3 means: host, what was tried, the limit, and what to do next."""
    behind: object = error
    if isinstance(error, wire.SSLError) and error.args:
        behind = error.args[0]
    elif isinstance(error, wire.ProtocolError) and len(error.args) > 1:
        behind = error.args[1]
    unsent = isinstance(error, wire.NewConnectionError | wire.ConnectTimeoutError)
    late = _late(error, behind, attempt)
    if late:
        return TimeoutError(f"{attempt.request}: {late}.", unsent=unsent, passing=True)
    insecure = _insecure(error, behind, attempt.origin)
    if insecure:
        broken = isinstance(behind, ssl.SSLEOFError | ssl.SSLZeroReturnError)
        unsent = isinstance(behind, ssl.SSLCertVerificationError)
        return TLSError(f"{attempt.request}: {insecure}.", unsent=unsent, passing=broken)
    reason = _unreachable(error, attempt.origin) or _broken(behind, attempt.origin)
    return TransportError(f"{attempt.request}: {reason}.", unsent=unsent, passing=_passes(error, behind))


def busy(attempt: Attempt, number: int) -> TimeoutError:
    """Return the error of a call that found no connection free."""
    late = attempt.deadline is not None and attempt.deadline.passed()
    waited = str(attempt.deadline) if late else f"{attempt.read_timeout:g} s"
    advice = "Call from fewer threads, read streams to their end, or raise connections"
    said = f"all {number} connections to {attempt.origin} were in use for {waited}. {advice}"
    return TimeoutError(f"{attempt.request}: {said}.", unsent=True)


def _passes(error: wire.HTTPError, behind: object) -> bool:
    """Whether a failure may be gone at the next try."""
    if isinstance(error, wire.NameResolutionError):
        cause = error.__cause__
        return isinstance(cause, gaierror) and cause.errno == EAI_AGAIN
    if isinstance(error, wire.NewConnectionError):
        return True
    return isinstance(behind, ConnectionError | http.client.IncompleteRead | wire.DecodeError | wire.ProtocolError)


def _late(error: wire.HTTPError, behind: object, attempt: Attempt) -> str | None:
    origin, connect, read = attempt.origin, f"{attempt.options.connect_timeout:g} s", f"{attempt.read_timeout:g} s"
    if isinstance(error, wire.NewConnectionError):  # whose parent is ConnectTimeoutError
        return None
    connecting = isinstance(error, wire.ConnectTimeoutError)
    if not (connecting or isinstance(error, wire.ReadTimeoutError) or isinstance(behind, builtins.TimeoutError)):
        return None
    if attempt.deadline is not None and attempt.deadline.passed():
        return f"{origin} was not done within {attempt.deadline}, and may still be at work on it. {_LOOK}"
    if connecting:
        reach = f"{_CHECK_SERVER}, and the network (VPN, firewall)"
        return f"no connection to {origin} within {connect}. {reach}; or raise connect_timeout"
    if isinstance(error, wire.ReadTimeoutError):
        return f"{origin} sent nothing for {read}, and may still be at work on it. {_LOOK}; or raise read_timeout"
    return f"{origin} took in nothing for {connect} of what was sent. Try again, or raise connect_timeout"


def _insecure(error: wire.HTTPError, behind: object, origin: str) -> str | None:
    if isinstance(behind, http.client.BadStatusLine) and _TLS_ALERT in str(behind):
        return f"{origin} {_SPEAKS_TLS}"
    if isinstance(behind, ssl.SSLCertVerificationError):
        advice = _CERTIFICATE_ADVICE.get(behind.verify_code, _TRUST)
        return f"the certificate of {origin} is not accepted: {behind.verify_message.rstrip('.')}. {advice}"
    if isinstance(behind, ssl.SSLError) and _NOT_TLS.search(behind.reason or ""):
        return f"{origin} does not speak TLS. Set CONNECT_SERVER to an http:// URL, or check its port"
    if isinstance(error, wire.SSLError):
        return f"the secure connection to {origin} failed ({one_line(str(behind))}). {_CHECK_SERVER} and its port"
    return None


def _unreachable(error: wire.HTTPError, origin: str) -> str | None:
    cause = error.__cause__
    if isinstance(error, wire.NameResolutionError):
        return f"there is no host {urlsplit(origin).hostname!r}. {_CHECK_SERVER}, and the network (DNS, VPN)"
    if isinstance(cause, ConnectionRefusedError):
        return f"nothing answers at {origin} (connection refused). {_CHECK_SERVER}, and that the server runs"
    if isinstance(error, wire.NewConnectionError):
        reason = cause.strerror if isinstance(cause, OSError) else cause
        return f"no connection to {origin} ({reason}). {_CHECK_SERVER}, and the network (VPN, firewall)"
    return None


def _broken(behind: object, origin: str) -> str:
    if isinstance(behind, ConnectionError):
        tls = ", or try an https:// URL in CONNECT_SERVER" if origin.startswith("http:") else ""
        return f"{origin} closed the connection before it answered. Try again; if it goes on, see the server's log{tls}"
    if isinstance(behind, http.client.IncompleteRead):
        missing = f", {behind.expected} bytes short" if behind.expected else ""
        return f"the answer of {origin} broke off{missing}. Try again"
    if isinstance(behind, wire.DecodeError):
        return f"the answer of {origin} is damaged: it is not compressed as it says. Try again"
    if isinstance(behind, wire.ClosedPoolError):
        return "the client was closed meanwhile. Make a new one"
    if isinstance(behind, http.client.HTTPException):
        return f"what answers at {origin} does not speak HTTP. {_CHECK_SERVER} and its port"
    return f"the connection to {origin} failed ({one_line(str(behind))}). {_CHECK_SERVER}, and try again"
