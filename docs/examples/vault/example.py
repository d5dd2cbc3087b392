"""A key that the server refuses is replaced once, in the middle of a call, for as many threads as have it."""

import threading
from concurrent.futures import ThreadPoolExecutor

from connect_vault import VAULT

from connectapi import AuthenticationError, Client
from connectapi.testing import ConnectServer

with ConnectServer() as server:
    VAULT[server.url] = ["a-key-that-was-revoked", server.key_for("omar"), "not-needed"]
    client, start = Client(server.url), threading.Barrier(20)

    def who(_number):
        start.wait()
        return client.users.whoami().username

    with ThreadPoolExecutor(20) as threads:
        print(set(threads.map(who, range(20))))
    assert VAULT[server.url] == ["not-needed"]
    client.close()

    VAULT[server.url] = ["revoked-already", "revoked-as-well", "not-needed"]
    with Client(server.url) as client:
        try:
            client.users.whoami()
        except AuthenticationError as error:
            print(error)
    assert VAULT[server.url] == ["not-needed"]
