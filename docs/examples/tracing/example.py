"""The server gets a trace header with every call, and each is one line of a log, whatever its status."""

import logging

from connectapi import Client, NotFoundError
from connectapi.testing import ConnectServer


class Lines(logging.Handler):
    def __init__(self):
        super().__init__(logging.INFO)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


lines = Lines()
logging.getLogger("connect_tracing").addHandler(lines)
logging.getLogger("connect_tracing").setLevel(logging.DEBUG)

with ConnectServer() as server, Client(server.url, server.api_key) as client:
    client.users.whoami()
    first = server.requests[-1].headers["Traceparent"]
    try:
        client.request("GET", "/v1/nothing")
    except NotFoundError as error:
        print(error)
    second = server.requests[-1].headers["Traceparent"]

    assert first != second
    assert lines.lines == [f"GET /v1/user 200 {first}", f"GET /v1/nothing 404 {second}"]
    assert server.api_key not in str(lines.lines)
