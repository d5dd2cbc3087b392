"""Walls, and what it means to paint one."""

from pathlib import Path

from connectapi import hookimpl


def paint(call):
    wall = call.item()  # 404 if there is none
    changed = {"colour": call.body["colour"], "coats": (wall["coats"] or 0) + 1}
    return call.records.change(call.kind, call.key, changed, call.scope_or_any)


@hookimpl
def register_resources(register):
    register(Path(__file__).parent / "resources")


@hookimpl
def register_handlers(register):
    register(paint, "Wall", "paint")
