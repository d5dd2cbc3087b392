"""What can be sent twice is tried ten times; what can't, never."""

from connectapi import Client, ServerError
from connectapi.testing import ConnectServer

with ConnectServer() as server, Client(server.url, server.api_key) as client:
    with server.faults.status("GET", "/v1/user", 503, times=4) as down:
        print(client.users.whoami().username)
        assert down.struck == 4

    with server.faults.status("POST", "/v1/content", 503) as down:
        try:
            client.content.create(name="once")
        except ServerError as error:
            print(error)
        assert down.struck == 1
