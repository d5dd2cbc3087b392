"""A server that costs as little as can be: canned answers, one process of its own, keep-alive.

Run as a program it prints its port; the argument is the time that each answer takes, in seconds. What is measured against it is the client.
"""

import asyncio
import json
import sys
from functools import cache
from urllib.parse import parse_qs, urlsplit

USERS = 20_000
HITS = 175_000
FOLLOWED = 50_000
CONTENT = 5_000
GUID = "d03a6b7a-c818-4e40-8ef9-84ca567f9671"
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
        "owner_guid": GUID,
        "content_url": "http://127.0.0.1/content/x/",
        "dashboard_url": "http://127.0.0.1/connect/#/apps/x",
        "app_role": "owner",
        "id": "17",
    }


def wide(number):
    """A content item with all that the server knows of one."""
    resources = dict.fromkeys(("memory_request", "memory_limit", "cpu_request", "cpu_limit"))
    versions = {"r_version": "4.4.1", "py_version": "3.12.4", "quarto_version": None, "image_name": "content:1"}
    return {
        **content(f"00000000-0000-0000-0001-{number:012}"),
        **resources,
        **versions,
        "name": f"content-{number}",
        "max_processes": 3,
        "min_processes": 0,
        "max_conns_per_process": 20,
        "load_factor": 0.5,
        "cluster_name": "Local",
        "default_image_name": None,
        "service_account_name": None,
        "amd_gpu_limit": None,
        "nvidia_gpu_limit": None,
        "run_as": "rstudio-connect",
        "run_as_current_user": False,
        "locked": False,
        "locked_message": "",
        "default_environment_guid": None,
        "environment_guid": None,
        "node_version": None,
        "r_environment_management": True,
        "default_r_environment_management": None,
        "py_environment_management": True,
        "default_py_environment_management": None,
        "metrics_collection_enabled": None,
        "notify_on_share": None,
        "otel_enabled": False,
        "public_content_status": "ok",
        "extension": False,  # what servers sent before it was documented
    }


def hit(number):
    data = {"path": "/index.html", "user_agent": "Mozilla/5.0 (X11; Linux x86_64)"}
    return {
        "id": str(number),
        "user_guid": f"00000000-0000-0000-0000-{number % 500:012}",
        "content_guid": f"00000000-0000-0000-0001-{number % 900:012}",
        "timestamp": WHEN,
        "data": data,
    }


def visit(number):
    return {
        "content_guid": f"00000000-0000-0000-0001-{number % 900:012}",
        "user_guid": f"00000000-0000-0000-0000-{number % 500:012}",
        "variant_key": "5s4nqX",
        "time": WHEN,
        "rendering_id": "7",
        "bundle_id": "33",
        "path": "/logs",
        "data_version": 3,
    }


def entry(number):
    return {
        "id": str(number),
        "time": WHEN,
        "user_id": str(number % 500),
        "user_guid": f"00000000-0000-0000-0000-{number % 500:012}",
        "user_description": f"Ada Number {number % 500} (user{number % 500})",
        "action": "update_content",
        "event_description": f"Updated content item {number % 900}",
    }


def permission(guid):
    return [
        {"id": str(each), "content_guid": guid, "principal_guid": GUID, "principal_type": "user", "role": "viewer"}
        for each in range(3)
    ]


def users(query):
    # A prefix is how many there are, for want of a parameter that every client sends.
    number, size, total = (
        int(query.get("page_number", 1)),
        int(query.get("page_size", 20)),
        int(query.get("prefix", USERS)),
    )
    rows = [user(each) for each in range((number - 1) * size, min(total, number * size))]
    return {"results": rows, "current_page": number, "total": total}


def by_cursor(make, turned, query):
    size, first = int(query.get("limit", 20)), int(query.get("next", 0))
    numbers = range(FOLLOWED)[::-1] if turned else range(FOLLOWED)
    after = first + size if first + size < FOLLOWED else None
    cursors = {"previous": None, "next": after and str(after)}
    links = {"first": None, "previous": None, "next": None, "last": None, "cursors": cursors}
    return {"results": [make(each) for each in numbers[first : first + size]], "paging": links}


LISTS = {
    "/v1/users": users,
    "/v1/audit_logs": lambda query: by_cursor(entry, query.get("ascOrder") == "false", query),
    "/v1/instrumentation/content/visits": lambda query: by_cursor(visit, query.get("asc_order") == "false", query),
    "/v1/instrumentation/content/hits": lambda _query: [hit(each) for each in range(HITS)],
    "/v1/content": lambda _query: [wide(each) for each in range(CONTENT)],
    "/server_settings": lambda _query: {"version": "2026.06.0"},
    "/v1/server_settings": lambda _query: {"version": "2026.06.0"},
}


@cache
def answer(target):
    """Return the answer to a request, made once: what is measured is the client."""
    parts = urlsplit(target)
    path = parts.path.removeprefix("/__api__")
    if path in LISTS:
        found = LISTS[path]({name: values[0] for name, values in parse_qs(parts.query).items()})
    elif path.endswith("/permissions"):
        found = permission(path.split("/")[3])
    elif path.startswith("/v1/content/"):
        found = content(path.rsplit("/", 1)[-1])
    else:
        found = []
    return json.dumps(found, separators=(",", ":")).encode()


class Protocol(asyncio.Protocol):
    delay = 0.0

    def connection_made(self, transport):
        self.transport, self.data = transport, b""

    def data_received(self, data):
        self.data += data
        while b"\r\n\r\n" in self.data:
            head, _, self.data = self.data.partition(b"\r\n\r\n")
            body = answer(head.split(b" ", 2)[1].decode())
            top = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            if self.delay:
                asyncio.get_running_loop().call_later(self.delay, self.transport.write, top.encode() + body)
            else:
                self.transport.write(top.encode() + body)


async def main():
    Protocol.delay = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
    server = await asyncio.get_running_loop().create_server(Protocol, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
