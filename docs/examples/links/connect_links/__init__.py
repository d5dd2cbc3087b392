"""Methods that content and users do not have by themselves, as a plugin."""

from pathlib import Path

from connectapi import hookimpl


@hookimpl
def register_resources(register):
    register(Path(__file__).parent / "resources")
