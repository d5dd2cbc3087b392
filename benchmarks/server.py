"""A server that costs as little as can be: canned answers, one process of its own, keep-alive.

Run as a program it prints its port. What is measured against it is the client.
"""

import asyncio
import json
import sys
from urllib.parse import parse_qs, urlsplit

USERS = 20_000
WHEN = "2024-05-01T10:00:00Z"


def user(number):
    return {
        "email": f"user{number}@example.com",
        "username": f"user{number}",
        "first_name": "Ada",
        "last_name": f"Number {number}",
        "user_role": "publisher",
        "created_time": WHEN,
        "updated_time": WHEN,
        "active_time": WHEN,
        "confirmed": True,
        "locked": False,
        "guid": f"00000000-0000-0000-0000-{number:012}",
    }


def content(guid):
    seconds = dict.fromkeys(("connection_timeout", "read_timeout", "init_timeout", "idle_timeout"), 3600)
    return {
        "guid": guid,
        "name": "quarterly",
        "title": "Quarterly analysis",
        "description": "By team.",
        "access_type": "acl",
        **seconds,
        "created_time": WHEN,
        "last_deployed_time": WHEN,
        "bundle_id": "61875",
        "app_mode": "jupyter-static",
        "content_category": "",
        "parameterized": False,
        "owner_guid": "d03a6b7a-c818-4e40-8ef9-84ca567f9671",
        "content_url": "http://127.0.0.1/content/x/",
        "dashboard_url": "http://127.0.0.1/connect/#/apps/x",
        "app_role": "owner",
        "id": "17",
    }


PAGES = {}


def users(query):
    number, size = int(query.get("page_number", 1)), int(query.get("page_size", 20))
    if (number, size) not in PAGES:
        rows = [user(each) for each in range((number - 1) * size, min(USERS, number * size))]
        PAGES[number, size] = json.dumps({"results": rows, "current_page": number, "total": USERS}).encode()
    return PAGES[number, size]


def answer(target):
    parts = urlsplit(target)
    path = parts.path.removeprefix("/__api__")
    if path == "/v1/users":
        return users({name: values[0] for name, values in parse_qs(parts.query).items()})
    if path.startswith("/v1/content/"):
        return json.dumps(content(path.rsplit("/", 1)[-1])).encode()
    if path in {"/server_settings", "/v1/server_settings"}:
        return b'{"version": "2026.06.0"}'
    return b"[]"


class Protocol(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.data = transport, b""

    def data_received(self, data):
        self.data += data
        while b"\r\n\r\n" in self.data:
            head, _, self.data = self.data.partition(b"\r\n\r\n")
            body = answer(head.split(b" ", 2)[1].decode())
            top = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            self.transport.write(top.encode() + body)


async def main():
    server = await asyncio.get_running_loop().create_server(Protocol, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
