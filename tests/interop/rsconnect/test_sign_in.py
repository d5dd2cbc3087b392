"""rsconnect: signing in by OAuth, in a browser, on another screen, and from a CI."""

import base64
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from connectapi import Client
from connectapi.testing import ConnectServer, FakeClock, TrustedIssuer, jwt

KEY = b"a key that only the CI and the server know"
PERSON = """\
# Somebody's browser: signs in, reads the page, allows what it asks for, and goes where that leads.
import re, sys
from urllib.parse import urlencode, urlsplit
import urllib3

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
url, key = sys.argv[1], open(__file__.replace("person.py", "key")).read()
base = "http://" + urlsplit(url).netloc
with urllib3.PoolManager(retries=False) as pool:
    entered = pool.request("POST", base + "/__login__", body=urlencode({"key": key, "url": "/"}), headers=FORM, redirect=False)
    cookie = {"Cookie": entered.headers["Set-Cookie"].partition(";")[0]}
    page = pool.request("GET", url, headers=cookie).data.decode()
    fields = dict(re.findall(r'name="(\\w+)" value="([^"]*)"', page))
    where = base + re.search('<form method="post" action="([^"]+)"', page)[1]
    body = urlencode({**fields, "decision": "allow"})
    answer = pool.request("POST", where, body=body, headers={**FORM, **cookie}, redirect=False)
    if "Location" in answer.headers:
        pool.request("GET", answer.headers["Location"])
"""


@contextmanager
def opened(folder, desk_type, clock=None):
    """A server that somebody called robot can sign in to, and a desk that does not know it yet."""
    issuer = TrustedIssuer(
        issuer="https://ci.example", key=base64.b64encode(KEY).decode(), subjects={"repo:main": "robot"}
    )
    with (
        ConnectServer(sample=False, pace=0, trusted_issuers=[issuer], clock=clock) as server,
        Client(server.url, server.api_key) as client,
    ):
        made = desk_type(folder, server)
        made.client = client
        made.environment["BROWSER"] = f"{sys.executable} {folder}/person.py %s"
        made.write(person_py=PERSON)
        client.users.create(username="robot", user_role="publisher")
        (folder / "key").write_text(server.key_for("robot"))
        yield made


@pytest.fixture(scope="module")
def office(tmp_path_factory, desk):
    with opened(tmp_path_factory.mktemp("office"), type(desk)) as made:
        yield made


def who_deploys(office, name):
    """Deploy something, and return who owns it."""
    office.write(site__index_html="<h1>Hello</h1>")
    office.run("deploy", "html", "--name", name, "--new", "--title", name, "site")
    found = [each for each in office.client.content.get() if each.title == name]
    return office.client.users.get_one(found[-1].owner_guid).username


def test_in_a_browser(office):
    office.run("login", "--name", "browser", office.server.url)

    assert who_deploys(office, "browser") == "robot"
    registered = office.client.oauth_clients.get()
    assert [each.client_name for each in registered] == ["Posit CLI"]
    assert registered[0].last_used_at is not None


def test_what_has_ended_is_renewed(tmp_path, desk):
    clock = FakeClock()
    with opened(tmp_path, type(desk), clock) as office:
        office.run("login", "--name", "renewed", office.server.url)
        clock.advance(3601)

        assert who_deploys(office, "renewed") == "robot"
        assert [each.path for each in office.server.requests].count("/__oauth__/token") == 2


def test_a_program_that_was_deleted_registers_anew(office):
    office.run("login", "--name", "deleted", office.server.url)
    before = office.client.oauth_clients.get()
    for each in before:
        each.delete()

    office.write(site__index_html="<h1>Hello</h1>")
    office.run("deploy", "html", "--name", "deleted", "--new", "site", code=1)

    assert "Please run `rsconnect login` again" in office.log.replace("please", "Please")
    assert {each.client_id for each in office.client.oauth_clients.get()}.isdisjoint(each.client_id for each in before)


def test_on_another_screen(office):
    command = [str(Path(sys.executable).with_name("rsconnect")), "login", "--name", "screen", "--use-device-code"]
    environment = {**office.environment, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [*command, office.server.url], cwd=office.folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as login:
        printed = iter(login.stdout.readline, "")
        address = next(match[1] for line in printed if (match := re.search(r"(http://\S+user_code=\S+)", line)))
        subprocess.run([sys.executable, office.folder / "person.py", address], check=True, timeout=60)
        rest = login.stdout.read()

    assert login.returncode == 0, rest
    assert who_deploys(office, "screen") == "robot"


def test_from_a_ci(office):
    claims = {"iss": "https://ci.example", "sub": "repo:main", "aud": office.server.url, "exp": time.time() + 300}

    office.run("login", "--name", "ci", office.server.url, "--identity-token", jwt.sign(claims, KEY))

    assert who_deploys(office, "ci") == "robot"
    other = jwt.sign({**claims, "sub": "repo:other"}, KEY)
    told = office.run("login", "--name", "other", office.server.url, "--identity-token", other, code=1)
    assert "did not grant access" in told + office.log
    forged = jwt.sign(claims, b"x" * 32)
    told = office.run("login", "--name", "other", office.server.url, "--identity-token", forged, code=1)
    assert "could not verify the identity token" in told + office.log
