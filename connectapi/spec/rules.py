"""The rules that a value of the right type must still keep to: how long, how large, of which letters."""

from __future__ import annotations

import re
from functools import cache
from typing import Protocol

from connectapi.types import Secret

__all__ = ["Rules", "broken_rule"]


class Rules(Protocol):
    """What has rules for a value: a field, a parameter."""

    @property
    def min(self) -> float | None:
        """The least of a number; of text and lists, the fewest characters or items."""

    @property
    def max(self) -> float | None:
        """The most."""


def broken_rule(value: object, rules: Rules) -> str:
    """Return which rule a value breaks, as the end of a sentence about it; empty if none. Null breaks none.

    Example:
        >>> from connectapi.spec.model import FieldSpec
        >>> broken_rule("a b", FieldSpec(type="str", pattern="[a-z]+", max=2))
        'has 3 characters; 2 is the most'
    """
    if value is None:
        return ""
    measured = _measure(value)
    if measured is not None:
        amount, said = measured
        if rules.max is not None and amount > rules.max:
            return f"{said}; {rules.max:.15g} is the most"
        if rules.min is not None and amount < rules.min:
            return f"{said}; {rules.min:.15g} is the least"
    pattern = getattr(rules, "pattern", "")
    if pattern and isinstance(value, str) and not _compiled(pattern).fullmatch(value):
        return f"does not match {pattern}"
    return ""


def _measure(value: object) -> tuple[float, str] | None:
    """Return how much a value is, and how to say that."""
    if isinstance(value, Secret):
        value = value.reveal()
    if isinstance(value, str):
        return len(value), f"has {len(value)} characters"
    if isinstance(value, (list, tuple, dict)):
        return len(value), f"has {len(value)} items"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value, f"is {value}"
    return None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
