"""What urllib3 raises, as the errors that users see: host, what was tried, the limit, and what to do next."""

from __future__ import annotations

import builtins
import http.client
import re
import ssl
from collections.abc import Callable, Iterable
from socket import EAI_AGAIN, gaierror
from typing import Final, TypeVar
from urllib.parse import urlsplit

from attrs import frozen
from urllib3 import exceptions as wire

from connectapi.errors import TimeoutError, TLSError, TransportError
from connectapi.http.auth import masked
from connectapi.http.deadline import Deadline
from connectapi.http.failure import SPEAKS_TLS, one_line
from connectapi.http.options import Options
from connectapi.http.values import Request
from connectapi.types import Secret

__all__ = ["Attempt", "bare", "busy", "wire_failure"]

E = TypeVar("E", bound=BaseException)

_NOT_TLS: Final = re.compile("WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE")

#: How a server that speaks TLS tells one that does not, and what http.client makes of it.
_TLS_ALERT: Final = "\x15\x03"

#: What urllib3 says of a proxy that makes no way to the server.
_NO_TUNNEL: Final = re.compile(r"Tunnel connection failed: (\d+) ?(.*)")

#: The statuses of a proxy that may make one soon.
_BUSY_PROXY: Final = frozenset({"429", "502", "503", "504"})

_CHECK_SERVER: Final = "Check CONNECT_SERVER"
_LOOK: Final = "Look before you repeat a call that changes something"
_TRUST: Final = "If you trust it, set CONNECT_CA_CERTIFICATE or SSL_CERT_FILE to a file with the certificate of the authority that signed it"
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


def bare(error: E, secrets: Iterable[Secret] = ()) -> E:
    """Return an error without the frames it came through and without secrets, and so for each error behind it.

    Below urllib3, http.client holds the whole header block in a local, the key in plain text;
    loggers and debuggers that show locals would show it. And its errors quote what a server has sent.
    """
    seen: set[int] = set()
    pending: list[object] = [error]
    while pending:
        each = pending.pop()
        if isinstance(each, BaseException) and id(each) not in seen:
            seen.add(id(each))
            each.__traceback__ = None
            pending += [each.__cause__, each.__context__, *each.args]
            each.args = tuple(_told(value, secrets) for value in each.args)
            for name, value in list(vars(each).items()):
                if isinstance(value, str):
                    setattr(each, name, _told(value, secrets))
    return error


def _told(value: object, secrets: Iterable[Secret]) -> object:
    return masked(value, secrets) if isinstance(value, str) else value


def wire_failure(error: wire.HTTPError, attempt: Attempt, certificate: Callable[[], str] = str) -> TransportError:
    """Return what an error of urllib3 means.

    Args:
        error: the error.
        attempt: what was tried.
        certificate: tells what the server's certificate says of itself, if there is a fault in it.
    """
    behind: object = error
    if isinstance(error, wire.ProxyError):
        behind = error.original_error
    elif isinstance(error, wire.SSLError) and error.args:
        behind = error.args[0]
    elif isinstance(error, wire.ProtocolError) and len(error.args) > 1:
        behind = error.args[1]
    tunnel = _NO_TUNNEL.search(str(behind))
    if isinstance(error, wire.ProxyError) or tunnel:
        return _proxied(behind, tunnel, attempt)
    unsent = isinstance(error, wire.NewConnectionError | wire.ConnectTimeoutError) or _in_handshake(error)
    late = _late(error, behind, attempt)
    if late:
        return TimeoutError(f"{attempt.request}: {late}.", unsent=unsent, passing=True)
    insecure = _insecure(error, behind, attempt.origin, certificate)
    if insecure:
        broken = isinstance(behind, ssl.SSLEOFError | ssl.SSLZeroReturnError)
        unsent = isinstance(behind, ssl.SSLCertVerificationError)
        return TLSError(f"{attempt.request}: {insecure}.", unsent=unsent, passing=broken)
    reason = _unreachable(error, attempt.origin) or _broken(behind, attempt.origin)
    return TransportError(f"{attempt.request}: {reason}.", unsent=unsent, passing=_passes(error, behind))


def _proxied(behind: object, tunnel: re.Match[str] | None, attempt: Attempt) -> TransportError:
    """Return what a failure on the way to a server means where the way leads through a proxy."""
    if tunnel is None:
        said, passing = f"the proxy can't be reached ({one_line(str(behind))})", True
    else:
        said, passing = f"the proxy refuses to connect ({tunnel[1]} {one_line(tunnel[2])})", tunnel[1] in _BUSY_PROXY
    if tunnel is not None and tunnel[1] == "407":
        said += ". It wants a name and a password: http://name:password@proxy"
    advice = f"Check HTTPS_PROXY and HTTP_PROXY, or add {urlsplit(attempt.origin).hostname!r} to NO_PROXY"
    return TransportError(
        f"{attempt.request}: no way to {attempt.origin}: {said}. {advice}.", unsent=True, passing=passing
    )


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


def _in_handshake(error: wire.HTTPError) -> bool:
    """Whether the server was silent before anything could be sent; for urllib3 that is silence like any other."""
    return isinstance(error, wire.ReadTimeoutError) and "handshake" in str(error.__cause__)


def _late(error: wire.HTTPError, behind: object, attempt: Attempt) -> str | None:
    origin, connect, read = attempt.origin, f"{attempt.options.connect_timeout:g} s", f"{attempt.read_timeout:g} s"
    if isinstance(error, wire.NewConnectionError):  # whose parent is ConnectTimeoutError
        return None
    connecting = isinstance(error, wire.ConnectTimeoutError) or _in_handshake(error)
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


def _insecure(error: wire.HTTPError, behind: object, origin: str, certificate: Callable[[], str]) -> str | None:
    if isinstance(behind, http.client.BadStatusLine) and _TLS_ALERT in str(behind):
        return f"{origin} {SPEAKS_TLS}"
    if isinstance(behind, ssl.SSLCertVerificationError):
        advice = _CERTIFICATE_ADVICE.get(behind.verify_code, _TRUST)
        shown = ". ".join(part for part in (behind.verify_message.rstrip("."), certificate(), advice) if part)
        return f"the certificate of {origin} is not accepted: {shown}"
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
