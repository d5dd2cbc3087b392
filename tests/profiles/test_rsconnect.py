"""The file that `rsconnect add` writes, as rsconnect-python 1.32 does."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectapi import ConfigError
from connectapi.profiles import rsconnect
from connectapi.profiles.lookup import find

KEY = "s3cret-s3cret-s3cret"


def test_a_saved_server_is_found_with_all_that_was_saved(saved_by_rsconnect):
    saved_by_rsconnect(
        prod={"url": "https://connect.example.com", "api_key": KEY, "insecure": False, "ca_cert": None},
        test={"url": "https://test.example.com", "api_key": KEY, "insecure": True, "ca_cert": "-----BEGIN…"},
        snow={"url": "https://x.snowflakecomputing.app", "snowflake_connection_name": "dev", "api_key": KEY},
    )

    prod, test, snow = find("prod"), find("test"), find("snow")

    assert (prod.server, prod.api_key.reveal(), prod.place) == ("https://connect.example.com", KEY, "rsconnect")
    assert (prod.insecure, prod.ca_data, prod.snowflake_connection) == (False, None, None)
    assert (test.insecure, test.ca_data) == (True, "-----BEGIN…")
    assert (snow.snowflake_connection, snow.api_key.reveal()) == ("dev", KEY)


def test_a_server_that_was_signed_in_to_has_no_key(saved_by_rsconnect):
    saved_by_rsconnect(prod={"url": "https://c.example.com", "oauth_client_id": "i", "oauth_access_token": KEY})

    assert find("prod").api_key is None


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, ".rsconnect-python"),
        ("linux", {"XDG_CONFIG_HOME": "{home}"}, ".rsconnect-python"),
        ("linux", {"XDG_CONFIG_HOME": "{home}/set"}, "set/rsconnect-python"),
        ("linux", {"APPDATA": "{home}/set"}, ".rsconnect-python"),
        ("darwin", {"XDG_CONFIG_HOME": "{home}/set"}, "Library/Application Support/rsconnect-python"),
        ("win32", {}, ".rsconnect-python"),
        ("win32", {"APPDATA": "{home}/roaming"}, "roaming/rsconnect-python"),
    ],
)
def test_the_file_lies_where_rsconnect_puts_it(home, monkeypatch, platform, variables, expected):
    monkeypatch.setattr(sys, "platform", platform)
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(home=home))

    assert rsconnect.servers_file() == home / expected / "servers.json"


@pytest.mark.parametrize(
    ("entry", "platform"),
    [
        ({"url": "https://api.shinyapps.io", "account_name": "a", "token": KEY, "secret": KEY}, "shinyapps.io"),
        ({"url": "https://api.connect.posit.cloud", "connect_cloud_account_name": "a"}, "Connect Cloud"),
    ],
)
def test_an_account_elsewhere_is_no_connect_server(saved_by_rsconnect, entry, platform):
    saved_by_rsconnect(mine=entry)

    with pytest.raises(ConfigError, match=f"'mine' is an account of {platform}") as caught:
        find("mine")

    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        f'{{"prod": {{"api_key": "{KEY}"',
        f'["{KEY}"]',
        f'"{KEY}"',
        f'{{"prod": "{KEY}"}}',
        f'{{"prod": {{"url": "https://c.example.com", "api_key": ["{KEY}"]}}}}',
        f'{{"prod": {{"url": 1, "api_key": "{KEY}"}}}}',
        f'{{"prod": {{"api_key": "{KEY}"}}}}',
        "[" * 5000,
    ],
)
def test_a_malformed_file_is_named_and_its_keys_are_not_shown(saved_by_rsconnect, text):
    path = saved_by_rsconnect(text)

    with pytest.raises(ConfigError) as caught:
        find("prod")

    assert str(path) in str(caught.value)
    assert KEY not in str(caught.value)
    assert path.read_text(encoding="utf-8") == text


def test_a_file_that_is_no_text_is_named(saved_by_rsconnect):
    path = saved_by_rsconnect("{}")
    path.write_bytes(b'{"prod\xff": {}}')

    with pytest.raises(ConfigError, match=r"servers\.json"):
        find("prod")


def test_a_file_that_cannot_be_read_is_named(saved_by_rsconnect):
    path = saved_by_rsconnect("{}")
    path.unlink()
    path.mkdir()

    with pytest.raises(ConfigError, match=r"servers\.json, where rsconnect keeps its servers, can't be read: Is a dir"):
        find("prod")


def test_one_odd_entry_does_not_hide_the_others(saved_by_rsconnect):
    saved_by_rsconnect(odd={"url": 5}, prod={"url": "https://c.example.com", "api_key": KEY})

    assert find("prod").api_key.reveal() == KEY


@given(content=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_whatever_is_in_the_file_it_is_read_or_refused(tmp_path_factory, content):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("home")
        patch.setattr(Path, "home", lambda: folder)
        path = rsconnect.servers_file()
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        try:
            names = rsconnect.names()
        except ConfigError as error:
            assert str(path) in str(error)
        else:
            assert all(isinstance(name, str) for name in names)


def test_an_unknown_name_is_told_with_the_nearest_and_where_it_was_looked_for(saved_by_rsconnect, home):
    path = saved_by_rsconnect(production={"url": "https://c.example.com", "api_key": KEY})

    with pytest.raises(ConfigError) as caught:
        find("producton")

    told = str(caught.value)
    assert told.startswith("no profile is called 'producton' (did you mean 'production'?)")
    assert str(path) in told
    assert str(home / "own" / "profiles") in told
    assert KEY not in told
