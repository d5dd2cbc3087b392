"""A server that answers as a release: what is newer is not there. Every `since` of the resource files is tried."""

import re
from contextlib import ExitStack

import pytest

from connectapi import ConfigError
from connectapi.spec.index import Folder, SpecIndex, builtin_folder
from connectapi.testing import ConnectServer
from connectapi.testing.releases import reached, release

INDEX = SpecIndex((Folder(builtin_folder()),))
OPERATIONS = [(spec, name, each) for spec in INDEX.specs() for name, each in spec.operations().items()]
NEWER = [(spec.name, name, each) for spec, name, each in OPERATIONS if each.since]
FIELDS = [(spec, name, each) for spec in INDEX.specs() for name, each in spec.fields.items() if each.since]
PLACEHOLDER = re.compile(r"\{\w+\}")


def before(since):
    """Return a release that came just before one."""
    year, month, number = release(since)
    if number:
        return f"{year}.{month:02}.{number - 1}"
    return f"{year}.{month - 1:02}.0" if month > 1 else f"{year - 1}.12.0"


@pytest.fixture(scope="module")
def servers():
    """Give URL and key of a server of some release; one a release is enough for all tests here."""
    with ExitStack() as stack:
        known = {}

        def give(version):
            if version not in known:
                server = stack.enter_context(ConnectServer(version=version, sample=False, pace=0))
                known[version] = server.url, server.api_key
            return known[version]

        yield give


@pytest.fixture
def as_of(servers, connect):
    return lambda version: connect(*servers(version))


def test_there_is_something_to_try():
    assert len(NEWER) > 20
    assert FIELDS


@pytest.mark.parametrize(("resource", "name", "operation"), NEWER, ids=lambda each: str(each)[:40])
def test_an_operation_is_there_from_its_release_on(as_of, resource, name, operation):
    path = PLACEHOLDER.sub("6fd8666d-12e6-45d1-95a0-552679a6d5f9", operation.path)

    def ask(version):
        return as_of(version).call(operation.verb, path, {} if operation.body else None)

    new, old = ask(operation.since), ask(before(operation.since))

    assert "has nothing at" not in new.text
    assert new.status != 405
    assert old.status in {404, 405}  # 405 where older operations have the path


@pytest.mark.parametrize(("spec", "name", "field"), FIELDS, ids=lambda each: str(each)[:40])
def test_a_field_is_there_from_its_release_on(as_of, pack, spec, name, field):
    assert (spec.name, name) == ("Content", "vanity_url")  # or say here how to see the other one

    def shown(version):
        admin = as_of(version)
        content = admin.content()
        admin.put(f"/v1/content/{content['guid']}/vanity", {"path": f"/of-{content['name']}/"})
        one = admin.get(f"/v1/content/{content['guid']}?include={field.include}").json
        listed = admin.get(f"/v1/content?name={content['name']}&include={field.include}").json[0]
        return {name in one, name in listed}

    assert shown(field.since) == {True}
    assert shown(before(field.since)) == {False}


def test_a_parameter_counts_from_its_release_on(as_of, pack):
    def hits(version):
        admin = as_of(version)
        opened, other = (admin.site() for _ in range(2))
        admin.send("GET", f"/content/{opened}/")
        return len(admin.get(f"/v1/instrumentation/content/hits?content_guid={other}").json)

    assert hits("2026.01.0") == 0
    assert hits("2025.12.0") == 1


def test_a_field_of_a_body_is_taken_from_its_release_on(as_of):
    def code(version):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        sent = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token=x&audience=y"
        return as_of(version).send("POST", "/__api__/v1/oauth/integrations/credentials", sent, form).json["error"]

    assert "'audience'" not in code("2025.07.0")
    assert "'audience'" in code("2025.06.0")


@pytest.mark.parametrize("version", ["2024.05.0", "2024.5.1", "2024.09.0-dev+33-ge9eb1f8", "1.8.8.2", "2026.12.10"])
def test_a_release_shows_in_the_settings_and_nowhere_else(as_of, version):
    admin = as_of(version)

    settings = admin.get("/server_settings")

    assert (settings.json["version"], version in settings.json["about"]) == (version, True)
    assert not [name for name, value in settings.headers.items() if version in value]


@pytest.mark.parametrize(
    "version", ["", "new", "2024", "2024.05", "2024.13.0", "2024.05.x", "v2024.05.0", "2024.05.0 x"]
)
def test_what_is_no_release_is_refused(version):
    with pytest.raises(ConfigError, match="no release of Connect"):
        ConnectServer(version=version)


@pytest.mark.parametrize(
    ("since", "version", "there"),
    [
        ("", "1.8.0", True),
        ("2024.08.0", "2024.08.0-dev+3", True),
        ("2024.08.0", "2024.8.0", True),
        ("2024.08.0", "2024.07.9", False),
        ("2024.08.0", "2024.10.0", True),
        ("2024.08.0", "1.9.0.1", False),
    ],
)
def test_releases_compare_by_their_numbers(since, version, there):
    assert reached(since, version) is there


def test_sharing_again_is_refused_before_it_changed_the_role(servers, connect):
    admin = connect(*servers("2025.10.0"))
    path = f"/v1/content/{admin.content()['guid']}/permissions"
    user = admin.post("/v1/users", {"username": "ada"}).json["guid"]
    group = admin.post("/v1/groups", {"name": "Engineers"}).json["guid"]
    for kind, guid, code in (("user", user, "DuplicateUserPermission"), ("group", group, "DuplicateGroupPermission")):
        share = {"principal_guid": guid, "principal_type": kind, "role": "viewer"}

        assert admin.post(path, share).status == 201
        assert admin.post(path, share).refusal == (409, code)
    assert len(admin.get(path).json) == 2
