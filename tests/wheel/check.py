"""Install the built wheel into an empty environment and run the seed's lines there."""

import json
import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

LINES = """
from connectapi import Client, Content, User
with Client("demo") as client:
    print(client)
    my_content = Content.get(client, owner_guid=User.whoami(client).guid)
    print(len(my_content), my_content[0:2][0].title)
    content = Content.get_one(client, content_guid=my_content[0].guid)
    print(content)
    print(content.dict())
    site = Content.publish(client, "docs/examples/site", title="From the wheel")
    print(site.content_url)
"""

TEST = """
def test_a_server_is_there(connect_client, connect_as):
    assert connect_client.content.get()
    assert connect_as("viewer").users.get()
"""


def main(folder: str) -> None:
    (wheel,) = Path(folder).glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    pages = ("connectapi/testing/templates/frame.html", "connectapi/testing/templates/style.css")
    for needed in ("connectapi/py.typed", "connectapi/resources.pyi", "connectapi/_resources/content.yaml", *pages):
        assert needed in names, f"{needed} is not in the wheel"
    assert not [name for name in names if name.startswith("tests")], "tests are in the wheel"
    with tempfile.TemporaryDirectory() as home:
        venv.create(home, with_pip=True)
        python = Path(home) / ("Scripts" if os.name == "nt" else "bin") / "python"
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("CONNECT_", "PYTHON"))}

        def run(*words: str) -> str:
            done = subprocess.run(
                [python, *words],
                check=True,
                capture_output=True,
                text=True,
                encoding="utf-8",
                env=environment,
                timeout=300,
            )
            return done.stdout

        run("-m", "pip", "install", "-q", f"{wheel}[all]")
        printed = run("-W", "error", "-c", LINES)
        assert printed.startswith("\nClient(\n    connect_server='http://127.0.0.1:"), printed
        assert "XXXXXXXX" in printed
        found = json.loads(run("-m", "connectapi", "--server", "demo", "content", "list", "--json"))
        assert len(found) > 40, len(found)
        # An empty environment has no pytest; with it, its users' tests find the fixtures by themselves.
        run("-m", "pip", "install", "-q", "pytest")
        (Path(home) / "test_user.py").write_text(TEST, encoding="utf-8")
        assert "1 passed" in run("-W", "error", "-m", "pytest", "-q", "-W", "error", str(Path(home) / "test_user.py"))
    print(f"{wheel.name}: installed into an empty environment, {len(found)} items of content listed")


if __name__ == "__main__":
    main(sys.argv[1])
