"""The audit log: searched, and what kinds of entries it has."""

from __future__ import annotations

from connectapi.testing import audit, generic
from connectapi.testing.call import Answer, Call
from connectapi.testing.conditions import Condition, any_of, at_least, at_most, contains, not_, one_of
from connectapi.testing.query import Term, parse
from connectapi.testing.refusal import bad
from connectapi.testing.registry import handles
from connectapi.testing.shape import Shape
from connectapi.testing.values import moment
from connectapi.testing.world import stamp

__all__: list[str] = []

#: Where words are looked for; a day such as 2024-05-31 is found in the time.
_TEXTS = ("event_description", "user_description", "action", "time")


@handles("AuditLog", "search")
def search(call: Call) -> Answer:
    """Find entries by words and filters, the oldest first unless told otherwise."""
    conditions = []
    for term in parse(call.params.get("q", "")):
        condition = _condition(term)
        conditions.append(not_(condition) if term.negated else condition)
    answer = generic.listed(call, *conditions, kind="AuditLog")
    return {call.operation.items: answer[call.operation.items], "total": answer["total"]}


@handles("AuditLog", "list_actions")
def list_actions(call: Call) -> Answer:
    """List the kinds of entries."""
    found = [{"action": name, "description": text} for name, text in audit.actions(call.world)]
    return [Shape(call).fields("AuditActionResult", each) for each in found]


def _condition(term: Term) -> Condition:
    if not term.key:
        return any_of(*(contains(name, term.values[0]) for name in _TEXTS))
    if term.key in {"action", "user_guid", "user_id"}:
        return one_of(term.key, term.values)
    if term.key in {"from", "to"}:
        return _bound(term)
    raise bad(f"q: there is no filter {term.key[:40]!r}.", "InvalidFilterField")


def _bound(term: Term) -> Condition:
    """A moment, or a day, which is all of it."""
    text = term.values[0]
    first, last = (text, text) if "T" in text.upper() else (f"{text}T00:00:00Z", f"{text}T23:59:59Z")
    read = moment(first if term.key == "from" else last)
    if read is None:
        raise bad(f"q: {term.key}: {text[:40]!r} is no date or time.", "InvalidTimeFormat")
    return at_least("time", stamp(read)) if term.key == "from" else at_most("time", stamp(read))
