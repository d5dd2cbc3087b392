"""Whoever waits for a task sees how it goes on, on standard error."""

import sys

from connectapi import hookimpl


@hookimpl
def after_progress(task, lines):
    for line in lines:
        print(f"{task.id}: {line}", file=sys.stderr)
    if task.finished:
        print(f"{task.id} ended with {task.code}", file=sys.stderr)
