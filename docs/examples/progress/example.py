"""A deployment tells what it does while it is waited for."""

import contextlib
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from connectapi import Client, Content

seen = io.StringIO()
with TemporaryDirectory() as folder, Client("demo") as client, contextlib.redirect_stderr(seen):
    (Path(folder) / "index.html").write_text("<h1>Penguins</h1>")
    site = Content.publish(client, folder, title="Penguins")

lines = seen.getvalue().splitlines()
print(*lines, sep="\n")
assert len(lines) > 2
assert lines[-1].endswith("ended with 0")
