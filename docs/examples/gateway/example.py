"""Every call has the header, none is shown anywhere, and a server that is behind no gateway gets none."""

import connect_gateway

from connectapi import Client
from connectapi.testing import ConnectServer

with ConnectServer() as server, Client(server.url, server.api_key) as client:
    print(client.users.whoami().username)

    assert server.requests[-1].headers["X-Gateway"] == server.api_key
    assert server.api_key not in f"{client!r} {client} {vars(client)}"

assert connect_gateway.choose_auth("https://connect.example.com", None) is None
