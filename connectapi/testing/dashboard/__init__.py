"""The dashboard at `/connect/`: pages of plain HTML over the same operations, rules and records as the API."""

from __future__ import annotations

from connectapi.testing.dashboard.routing import Dashboard

__all__ = ["Dashboard"]
