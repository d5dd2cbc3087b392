"""A gateway before the server wants to know who is calling, beside the server's own key."""

from attrs import evolve

from connectapi import hookimpl


class GatewayAuth:
    def __init__(self, key):
        self._key = key

    def flow(self, request):
        # No local has the key as text: a traceback that shows locals would show it.
        yield evolve(
            request,
            headers={
                **request.headers,
                "X-Gateway": self._key.reveal(),
                "Authorization": f"Key {self._key.reveal()}",
            },
        )

    def secrets(self):
        yield self._key


@hookimpl
def choose_auth(server, api_key):
    if server.startswith(("https://gateway.example.com", "http://127.0.0.1:")):
        return GatewayAuth(api_key)
    return None
