"""What can go wrong.

ConnectError
├── ConfigError              the settings can't work: no server, a malformed URL
├── SpecError                a resource file is wrong
├── SeedError                a file of sample data for the embedded server is wrong
├── PluginError              a plugin failed, or two of them clash
├── TransportError           no answer: refused, cut off, no such host
│   ├── TimeoutError         no answer within the limit
│   ├── TLSError             the secure connection could not be made
│   ├── RedirectError        the server sends the call elsewhere, where it does not go
│   └── TooLargeError        an answer too long to be read into memory
├── DecodeError              an answer that can't be read as what was asked for
├── UnsupportedError         the server is too old for the call
├── SignInError              nobody was signed in, or no longer is
├── BootstrapError           a server made no first administrator
├── BundleError              a directory can't be published, or a bundle unpacked, as it is
├── TaskError                a task on the server ended in failure
└── APIError                 the server answered with status 400 or more
    ├── BadRequestError          400
    ├── AuthenticationError      401
    ├── PermissionDeniedError    403
    ├── NotFoundError            404
    ├── ConflictError            409
    ├── RateLimitError           429
    └── ServerError              500 and more

A wrong argument is a `TypeError` or a `ValueError`, as everywhere in Python, and is raised
before anything is sent.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import ClassVar, Final

import attrs

from connectapi.codes import code_name
from connectapi.types import FailedAttempt

__all__ = [
    "APIError",
    "AuthenticationError",
    "BadRequestError",
    "BootstrapError",
    "BundleError",
    "ConfigError",
    "ConflictError",
    "ConnectError",
    "DecodeError",
    "NotFoundError",
    "PermissionDeniedError",
    "PluginError",
    "RateLimitError",
    "RedirectError",
    "SeedError",
    "ServerError",
    "SignInError",
    "SpecError",
    "TLSError",
    "TaskError",
    "TimeoutError",
    "TooLargeError",
    "TransportError",
    "UnsupportedError",
    "api_error",
    "did_you_mean",
]


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Return ` (did you mean 'x'?)` for the known name nearest to `name`, or an empty string."""
    from difflib import get_close_matches  # loads for who has mistyped a name

    near = get_close_matches(name, known, n=1, cutoff=0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""


class ConnectError(Exception):
    """Anything that connectapi itself reports; catch this to catch them all.

    `attempts` are the tries at the call, where there were several.
    """

    attempts: Sequence[FailedAttempt] = ()

    def __str__(self) -> str:
        return super().__str__() + self._tried()

    def _tried(self) -> str:
        if len(self.attempts) < 2:  # noqa: PLR2004 -- a single one is the error itself
            return ""
        took = sum(each.took + (each.delay or 0.0) for each in self.attempts)
        reasons = [each.reason for each in self.attempts]
        what = f": {', '.join(reasons)}" if len(set(reasons)) > 1 else ""
        return f" Tried {len(reasons)} times in {took:.1f} s{what}."


class ConfigError(ConnectError):
    """The settings of a client can't work."""


class SpecError(ConnectError):
    """A resource file is wrong; the message has file, line and key of each fault."""


class SeedError(ConnectError):
    """A file of sample data is wrong; the message has file, line and place of each fault. Nothing of it was kept."""


@attrs.define(slots=False, eq=False, repr=False)
class PluginError(ConnectError):
    """A plugin failed, or clashes with another one."""

    plugin: str
    reason: str

    def __str__(self) -> str:
        return f"plugin {self.plugin!r}: {self.reason}"


class TransportError(ConnectError):
    """No answer came from the server.

    `unsent` says that the request surely did not reach it, so that nothing was done; `passing`
    that it may go better next time.
    """

    def __init__(self, message: str = "", *, unsent: bool = False, passing: bool = False) -> None:
        super().__init__(message)
        self.unsent = unsent
        self.passing = passing


class TimeoutError(TransportError, builtins.TimeoutError):  # noqa: A001 -- the field's own word
    """No answer came within the limit."""


class TLSError(TransportError):
    """The secure connection could not be made."""


class RedirectError(TransportError):
    """The server sends the call elsewhere, where it does not go: a key is for one server."""


class TooLargeError(TransportError):
    """The answer is too long to be read into memory."""


@attrs.define(slots=False, eq=False, repr=False)
class DecodeError(ConnectError):
    """An answer can't be read as what was asked for.

    `resource` is the class that was to be made, `path` the place in the JSON answer (such as
    `$[3].created_time`), `found` what stands there, `request` the call that was answered, and
    `item` the key of the record it is in, where there is one.
    """

    resource: str
    path: str
    expected: str
    found: str
    request: str = ""
    item: str = ""

    def __str__(self) -> str:
        where = f" at {self.path}" if self.path not in {"", "$"} else ""
        item = f" (of {self.item})" if self.item else ""
        call = f"{self.request}: " if self.request else ""
        return f"{call}can't read {self.resource}{where}{item}: expected {self.expected}, found {self.found}"


@attrs.define(slots=False, eq=False, repr=False)
class UnsupportedError(ConnectError):
    """The call needs a newer server than the one connected to."""

    feature: str
    needs: str
    found: str
    instead: str = "leave this call out"

    def __str__(self) -> str:
        return (
            f"{self.feature} needs Connect {self.needs} or newer; this server is {self.found}. "
            f"Ask its administrator for an upgrade, or {self.instead}."
        )


@attrs.define(slots=False, eq=False, repr=False)
class SignInError(ConnectError):
    """Nobody was signed in to a server, or no longer is.

    `error` is OAuth's own name of the fault where the server gave one, such as `access_denied`.
    """

    server: str
    reason: str
    error: str = ""

    def __str__(self) -> str:
        return f"signing in to {self.server}: {self.reason}"


class BootstrapError(ConnectError):
    """A server made no first administrator, or did not say which key opens it for them."""


class BundleError(ConnectError):
    """A directory can't be published, or a bundle unpacked, as it is; nothing was made on the server or the disk."""


@attrs.define(slots=False, eq=False, repr=False)
class TaskError(ConnectError):
    """A task on the server ended in failure; `output` has the lines of its log."""

    task_id: str
    reason: str
    code: int | None = None
    output: Sequence[str] = ()

    #: How many of the log's last lines the message shows.
    TAIL: ClassVar[int] = 15

    ADVICE: ClassVar[str] = "Mend what the end of the log names, then start it again; .output has all of its lines."

    def __str__(self) -> str:
        code = f" (code {self.code})" if self.code else ""
        tail = "".join(f"\n    {line}" for line in list(self.output)[-self.TAIL :])
        log = f"\n  the log's last lines:{tail}" if tail else ""
        return f"task {self.task_id} failed{code}: {self.reason}{log}\n  {self.ADVICE}"


@attrs.define(slots=False, eq=False, repr=False)
class APIError(ConnectError):
    """The server answered with status 400 or more.

    `code` is Connect's own number of the error and `code_name` its name; `payload` is what else
    the server said, as it came; `retry_after` how long it asks to wait, in seconds.
    """

    status: int
    reason: str
    verb: str
    path: str
    message: str
    code: int | None = None
    correlation_id: str | None = None
    payload: object = None
    retry_after: float | None = None
    #: What to do about this one, where more is known than for its class.
    advice: str = ""

    #: What the reader can do next; each subclass has its own.
    ADVICE: ClassVar[str] = ""

    @property
    def code_name(self) -> str | None:
        """The name of Connect's error code, such as `ObjectDoesNotExist`."""
        return code_name(self.code)

    def __str__(self) -> str:
        parts = [f"{self.verb} {self.path}: {self.status} {self.reason}".rstrip()]
        if self.message:
            parts.append(f": {self.message}")
        if self.code is not None:
            parts.append(f" [{self.code_name or 'unknown code'}, code {self.code}]")
        if self.correlation_id:
            parts.append(f" (correlation id {self.correlation_id})")
        if self.retry_after:
            parts.append(f". The server asks to wait {self.retry_after:.0f} s")
        if advice := self.advice or self.ADVICE:
            parts.append(f". {advice}" if not parts[-1].endswith(".") else f" {advice}")
        return "".join(parts) + self._tried()


class BadRequestError(APIError):
    """400: the server could not accept what was sent."""

    ADVICE = "Compare the arguments with the reference of this call."


class AuthenticationError(APIError):
    """401: the server does not know who is calling."""

    ADVICE = "Check CONNECT_API_KEY: the key may be mistyped, deleted, expired or of another server."


class PermissionDeniedError(APIError):
    """403: the caller is known, but may not do this."""

    ADVICE = "Use a key of an administrator or a collaborator, or ask the owner for access."


class NotFoundError(APIError):
    """404: there is no such thing, or none that the caller may see."""

    ADVICE = "Check the identifier and the server; some servers also say this for a call they are too old for."


class ConflictError(APIError):
    """409: it clashes with something that is there already."""

    ADVICE = "Choose another name, or read what is there first."


class RateLimitError(APIError):
    """429: too many calls in too short a time."""

    ADVICE = "Wait, then call again less often."


class ServerError(APIError):
    """500 and more: the server failed."""

    ADVICE = "Try again later; if it goes on, give the server's administrator the correlation id."


_BY_STATUS: Final[dict[int, type[APIError]]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
}


def api_error(status: int) -> type[APIError]:
    """Return the class that stands for an answer with this status."""
    if status >= 500:  # noqa: PLR2004 -- HTTP's own boundary
        return ServerError
    return _BY_STATUS.get(status, APIError)
