"""What has not changed since it was last asked for is not sent again: ETags, as RFC 9110 has them."""

from attrs import evolve

from connectapi import hookimpl
from connectapi.http.values import Headers


@hookimpl
def wrap_send(send):
    kept = {}

    def sent(request, options):
        if request.verb != "GET":
            return send(request, options)
        asked = (request.path, request.query)
        known = kept.get(asked)
        if known is not None:
            request = request.with_headers(Headers({"If-None-Match": known.headers["ETag"]}))
        response = send(request, options)
        if known is not None and response.status == 304:
            return evolve(known, headers=known.headers | response.headers)
        if "ETag" in response.headers:
            kept[asked] = response
        return response

    return sent
