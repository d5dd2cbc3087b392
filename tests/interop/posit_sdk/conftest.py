"""Clients of posit-sdk, and bundles for them to send."""

import io
import json
import tarfile

import pytest
from posit.connect import Client

from connectapi.testing import ConnectServer


def bundle(mode="static", files=None, **manifest):
    """Return a gzipped archive with a manifest; `manifest` are further entries of it."""
    files = {"index.html": "<h1>Hello</h1>"} if files is None else files
    whole = {"version": 1, "metadata": {"appmode": mode}, "files": {name: {} for name in files}, **manifest}
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as tar:
        for name, text in {"manifest.json": json.dumps(whole), **files}.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return raw.getvalue()


@pytest.fixture
def pack():
    return bundle


@pytest.fixture
def client(server):
    with Client(server.url, server.api_key) as made:
        yield made


@pytest.fixture
def organisation(sample):
    """A client of a server with the sample."""
    with Client(sample.url, sample.api_key) as made:
        yield made


@pytest.fixture
def as_user(server):
    """Make a client for another user of the server."""
    made = []

    def sign_in(username):
        made.append(Client(server.url, server.key_for(username)))
        return made[-1]

    yield sign_in
    for each in made:
        each.session.close()


@pytest.fixture
def client_of():
    """Make a client of a server that answers as another version, or takes its time."""
    opened = []

    def make(version, pace=0.001):
        running = ConnectServer(version=version, sample=False, pace=pace).start()
        opened.append((running, Client(running.url, running.api_key)))
        return opened[-1][1]

    yield make
    for running, each in opened:
        each.session.close()
        running.close()


@pytest.fixture
def deployed(client, pack):
    """Make content of a kind, with a deployed bundle."""

    def deploy(name="report", mode="static", **manifest):
        content = client.content.create(name=name)
        content.bundles.create(pack(mode, **manifest)).deploy().wait_for()
        return client.content.get(content["guid"])

    return deploy
