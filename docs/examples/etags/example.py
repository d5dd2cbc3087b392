"""A server that knows ETags sends an answer once, and says from then on that it is still the same."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from connectapi import Client

sent = []


class Handler(BaseHTTPRequestHandler):
    name = "Ada"

    def do_GET(self):
        tag, body = f'"{self.name}"', json.dumps({"guid": "g", "first_name": self.name}).encode()
        same = self.headers["If-None-Match"] == tag
        sent.append(304 if same else 200)
        self.send_response(sent[-1])
        self.send_header("ETag", tag)
        if not same:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if same else body)

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
with Client(f"http://127.0.0.1:{server.server_port}", "0123456789abcdef0123456789abcdef") as client:
    names = [client.users.whoami().first_name for _ in range(3)]
    Handler.name = "Grace"
    names += [client.users.whoami().first_name for _ in range(2)]
server.shutdown()
server.server_close()

print(names, sent)
assert names == ["Ada", "Ada", "Ada", "Grace", "Grace"]
assert sent == [200, 304, 304, 200, 304]
