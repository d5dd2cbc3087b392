"""Every call can be found again: in the trace that it is a part of, and in a log of its own."""

import logging
import secrets
import time

from connectapi import hookimpl
from connectapi.http.values import Headers

log = logging.getLogger("connect_tracing")


@hookimpl
def before_request(request):
    # W3C's Trace Context: a program that traces already takes the ids of its current span.
    parent = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    return request.with_headers(Headers({"Traceparent": parent}))


@hookimpl
def after_response(request, response):
    log.info("%s %s %d %s", request.verb, request.path, response.status, request.headers["Traceparent"])


@hookimpl
def wrap_send(send):
    def sent(request, options):
        begun = time.monotonic()
        try:
            return send(request, options)
        finally:
            log.debug("%s took %.3f s", request, time.monotonic() - begun)

    return sent
