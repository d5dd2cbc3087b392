"""An answer that says no, in Connect's words: a status, one of its error codes, a sentence."""

from __future__ import annotations

from typing import Any

from connectapi.codes import code_number
from connectapi.types import JSON

__all__ = ["Refusal", "absent", "bad", "denied", "invalid"]


class Refusal(Exception):
    """A call can't be answered; `status` is 400 or more, `code` the name of one of Connect's errors."""

    def __init__(self, status: int, code: str, message: str, payload: JSON = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.payload = payload

    def document(self) -> dict[str, Any]:
        """Return the answer's body."""
        return {"code": code_number(self.code), "error": self.message, "payload": self.payload}


def absent(what: str = "The requested object") -> Refusal:
    """There is no such thing, or it is no longer there."""
    return Refusal(404, "ObjectDoesNotExist", f"{what} does not exist.")


def denied(message: str, code: str = "PermissionDenied") -> Refusal:
    """The caller may not do this."""
    return Refusal(403, code, message)


def bad(message: str, code: str = "BadRequest") -> Refusal:
    """What was sent does not make sense."""
    return Refusal(400, code, message)


def invalid(name: str, why: str) -> Refusal:
    """A parameter or a field has a value that it can't have."""
    return bad(f"{name}: {why}", "InvalidParameter")
