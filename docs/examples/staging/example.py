"""A name leads to its server; the built-in one is still there, and a name of none is refused."""

from connectapi import Client, ConfigError

with Client("staging") as staging, Client("demo") as demo:
    assert staging.connect_server == "https://staging.example.com"
    assert demo.connect_server.startswith("http://127.0.0.1:")
    print(staging, demo)

try:
    Client("stagign")
except ConfigError as error:
    print(error)
else:
    raise AssertionError
