"""`python -m connectapi` is the command line."""

from connectapi.cli.main import run

run()
