"""The first page that was ever written of this package, its lines run against the embedded server.

What the page shows cut off is compared as far as it shows it.
"""

import datetime

import pytest

from connectapi import Client, Content, User

MY_GUID = "d03a6b7a-c818-4e40-8ef9-84ca567f9671"
NOTEBOOK = "241fe2cd-6eba-4a79-9aa3-6e6fe28c5714"
COLORADO = "https://colorado.rstudio.com/rsc"

CLIENT = """\

Client(
    connect_server='https://colorado.rstudio.com/rsc',
    connect_api_key='XXXXXXXX',
    api_endpoint='https://colorado.rstudio.com/rsc/__api__/v1',
)

"""

FIRST = (
    "guid='6fd8666d-12e6-45d1-95a0-552679a6d5f9' name='59633472-1e1a-483e-b9d6-7e7fa7f3c1d4' "
    "title='Quarterly Analysis of Team Velocity' description='This report calculates per-team statistics ...' "
    "access_type='acl' connection_timeout=3600 read_timeout=3600 init_timeout=60 idle_timeout=5 max_processes=3 "
    "min_processes=0 max_conns_per_process=20 load_factor=0.5 "
    "created_time=datetime.datetime(2022, 9, 15, 23, 15, 43, tzinfo=datetime.timezone.utc) "
    "last_deployed_time=datetime.datetime(2022, 9, 15, 23, 15, 43, tzinfo=datetime.timezone.utc) bundle_id=None "
    "app_mode='unknown' content_category='' parameterized=False cluster_name=None image_name=None r_version=None "
    "py_version=None quarto_version=None run_as='rstudio-connect' run_as_current_user=False "
    "owner_guid='d03a6b7a-c818-4e40-8ef9-84ca567f9671' "
    "content_url='https://colorado.rstudio.com/rsc/content/6fd8666d-12e6-45d1-95a0-552679a6d5f9/' dashboard_url="
)

ONE = {
    "guid": "241fe2cd-6eba-4a79-9aa3-6e6fe28c5714",
    "name": "Jupyter-Notebook---Palmer-Penguins-1662582421920",
    "title": "Jupyter Notebook - Palmer Penguins",
    "description": "",
    "access_type": "all",
    "connection_timeout": None,
    "read_timeout": None,
    "init_timeout": None,
    "idle_timeout": None,
    "max_processes": None,
    "min_processes": None,
    "max_conns_per_process": None,
    "load_factor": None,
    "created_time": datetime.datetime(2022, 9, 7, 20, 27, 2, tzinfo=datetime.timezone.utc),
    "last_deployed_time": datetime.datetime(2022, 9, 7, 20, 30, tzinfo=datetime.timezone.utc),
    "bundle_id": "61875",
    "app_mode": "jupyter-static",
    "content_category": "",
    "parameterized": False,
    "cluster_name": "Kubernetes",
    "image_name": "ghcr.io/rstudio/content-pro:r4.1.3-py3.10.4-bionic",
    "r_version": None,
    "py_version": "3.10.4",
    "quarto_version": None,
    "run_as": None,
    "run_as_current_user": False,
    "owner_guid": "d03a6b7a-c818-4e40-8ef9-84ca567f9671",
}

ORDER = [*ONE, "content_url", "dashboard_url", "role", "id"]


@pytest.fixture
def settings(demo, monkeypatch):
    monkeypatch.setenv("CONNECT_SERVER", demo.connect_server)
    monkeypatch.setenv("CONNECT_API_KEY", demo.connect_api_key.reveal())


def here(text, client):
    """The page's own server stands for the embedded one, whose address changes."""
    return text.replace(client.connect_server, COLORADO)


def test_a_client_from_the_environment_prints_itself(settings, capsys, demo):
    client = Client()
    print(client)

    assert here(capsys.readouterr().out, client) == CLIENT


def test_a_client_from_arguments_prints_itself(capsys):
    client = Client(connect_server="https://colorado.rstudio.com/rsc", connect_api_key="my_api_key")
    print(client)

    assert capsys.readouterr().out == CLIENT


def test_all_content_of_a_user(settings, capsys):
    client = Client()
    my_content = Content.get(client, owner_guid=MY_GUID)
    print(f"For user {MY_GUID} there are {len(my_content)} items of content.")
    for content in my_content[0:2]:
        print("--")
        print(content)
    client.close()

    lines = here(capsys.readouterr().out, client).splitlines()
    assert lines[0] == "For user d03a6b7a-c818-4e40-8ef9-84ca567f9671 there are 44 items of content."
    assert (lines[1], lines[3]) == ("--", "--")
    assert lines[2].startswith(FIRST)
    assert len(lines) == 5


def test_one_item_of_content(settings, capsys):
    client = Client()
    content = Content.get_one(client, content_guid="241fe2cd-6eba-4a79-9aa3-6e6fe28c5714")
    print(content)
    print(f"guid  = {content.guid}")
    print(f"title = {content.title}")
    client.close()

    printed = here(capsys.readouterr().out, client).splitlines()
    shown = " ".join(f"{name}={value!r}" for name, value in ONE.items())
    url = f"https://colorado.rstudio.com/rsc/content/{NOTEBOOK}/"
    assert printed[0].startswith(
        f"{shown} content_url={url!r} dashboard_url='https://colorado.rstudio.com/rsc/connect/#/apps/"
    )
    assert printed[1:] == [f"guid  = {NOTEBOOK}", "title = Jupyter Notebook - Palmer Penguins"]


def test_an_item_as_a_dictionary(settings):
    client = Client()
    found = Content.get_one(client, content_guid=NOTEBOOK).dict()
    client.close()

    assert {name: found[name] for name in ONE} == ONE
    assert list(found)[: len(ORDER)] == ORDER


def test_who_am_i(settings):
    with Client() as client:
        assert User.whoami(client).guid == MY_GUID
