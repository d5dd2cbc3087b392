"""Widgets: a resource type that Connect does not have, as a plugin."""

from pathlib import Path

from connectapi import hookimpl
from connectapi.resources import class_named

__getattr__ = class_named  # from connect_widgets import Widget


@hookimpl
def register_resources(register):
    register(Path(__file__).parent / "resources")
