"""A job of the night waits for a server that is being restarted, however long that takes."""

from connectapi import RetryPolicy, hookimpl


class Nightly:
    budget = 100.0

    def __init__(self):
        self._usual = RetryPolicy(times=10, first_delay=0.1, longest_delay=300)

    def delay(self, failure):
        return self._usual.delay(failure) if failure.request.idempotent else None


@hookimpl
def choose_retries(server):
    return Nightly()
