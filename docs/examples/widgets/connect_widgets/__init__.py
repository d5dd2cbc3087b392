"""Widgets: a resource type that Connect does not have, as a plugin."""

from pathlib import Path

from connectapi import hookimpl


@hookimpl
def register_resources(register):
    register(Path(__file__).parent / "resources")
