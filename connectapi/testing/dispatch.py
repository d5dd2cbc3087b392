"""An authorized call, carried out in the transaction that it needs: for the API and for the dashboard."""

from __future__ import annotations

from connectapi.testing.access import authorize
from connectapi.testing.audit import note
from connectapi.testing.call import Answer, Call
from connectapi.testing.routes import Route

__all__ = ["carry_out"]


def carry_out(call: Call, route: Route) -> Answer:
    """Carry out a call that changes something, or that opens its transactions itself."""
    answer = _alone(call, route) if route.handler.alone else _write(call, route)
    for each in call.after:
        each()
    return answer


def _alone(call: Call, route: Route) -> Answer:
    answer = route.handler.function(call)
    if route.writes:
        with call.world.store.writing() as records:
            call.records = records
            note(call, answer)
    return answer


def _write(call: Call, route: Route) -> Answer:
    # The body is read before it is this call's turn to write: a slow sender makes nobody wait.
    call.read_body()
    with call.world.store.writing() as records:
        call.records = records
        authorize(call)
        answer = route.handler.function(call)
        note(call, answer)
        return answer
