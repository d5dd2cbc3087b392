"""Registered programs: deleted with all that they were given."""

from __future__ import annotations

from connectapi.testing import generic
from connectapi.testing.call import Answer, Call
from connectapi.testing.oauth.issuing import end_client
from connectapi.testing.registry import handles

__all__: list[str] = []


@handles("OAuthClient", "delete")
def delete(call: Call) -> Answer:
    """Remove a registration: its tokens open nothing any more, and it must register anew."""
    end_client(call.records, call.key)
    return generic.delete(call)
