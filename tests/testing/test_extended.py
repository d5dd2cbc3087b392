"""A field that a plugin adds to any built-in resource is kept and answered as the resource's own are."""

import pytest

from connectapi.spec.index import Folder, SpecIndex, builtin_folder
from connectapi.testing import ConnectServer
from tests.testing.test_round_trips import SENT, SPECS, Trips

#: What the server asks for besides, though no declaration does.
WITH = {"EnvironmentPermission": ["user_guid"], "Vanity": ["path"]}

KINDS = sorted({(kind, call) for kind, call, _ in SENT})


@pytest.fixture(scope="module")
def extensions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("extensions")
    for kind in {kind for kind, _ in KINDS}:
        text = f"extends: {kind}\nfields: {{our_note: {{type: str | null, write: always, max: 40}}}}\n"
        (folder / f"{SPECS[kind].snake}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def trips(connect, extensions):
    index = SpecIndex((Folder(builtin_folder()), Folder(extensions, "ours")))
    with ConnectServer(pace=0, folders=[extensions]) as server:
        yield Trips(server, connect(server.url, server.api_key), index)


@pytest.mark.parametrize(("kind", "call"), KINDS, ids=[" ".join(each) for each in KINDS])
def test_an_added_field_comes_back(trips, kind, call):
    name, more = "our_note", [*WITH.get(kind, ())]
    place, body, key, answer = (
        trips.create(kind, [name, *more]) if call == "create" else trips.update(kind, name, *more)
    )

    assert answer is None or answer[name] == body[name]
    for found in trips.readings(kind, place, key):
        assert found[name] == body[name]
