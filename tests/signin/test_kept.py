"""Tokens lie where only the user can read them, or in the system's keyring."""

import json
import os
import pickle
import stat

import keyring
import keyring.errors
import pytest
from keyring.backend import KeyringBackend

from connectapi import ConfigError
from connectapi.private.files import own_folder
from connectapi.signin import kept

SERVER = "https://connect.example.com"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_kept_is_read_again(have):
    tokens = have(SERVER, username="priya", expires_at=1.5)

    found, again = kept.signed_in(SERVER)

    assert again == tokens
    assert (found.server, found.client_id, found.username) == (SERVER, "c", "priya")


def test_each_server_has_a_sign_in_of_its_own(have):
    have(SERVER, "one")
    have(f"{SERVER}/rsc", "two")

    assert kept.signed_in(SERVER)[1].access_token.reveal() == "one"
    assert kept.signed_in(f"{SERVER}/rsc")[1].access_token.reveal() == "two"
    assert kept.signed_in("https://other.example.com") is None


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_nobody_else_can_read_it_whatever_the_mask(have, folder, mask):
    before = os.umask(mask)
    try:
        have(SERVER)
    finally:
        os.umask(before)

    assert mode(folder) == 0o700
    assert {mode(each) for each in folder.iterdir()} == {0o600}
    assert {each.suffix for each in folder.iterdir()} == {".json", ".lock"}


@pytest.mark.parametrize("others", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_can_read_is_refused(have, others):
    have(SERVER, "marked-token")
    path = kept.where(SERVER)
    path.chmod(others)

    with pytest.raises(ConfigError, match=rf"{path.name} has the mode {others:04o}.*run chmod 600") as caught:
        kept.signed_in(SERVER)
    assert "marked-token" not in str(caught.value)
    path.chmod(0o600)
    assert kept.signed_in(SERVER) is not None


def test_a_folder_that_others_can_look_into_is_refused(have, folder):
    have(SERVER)
    folder.chmod(0o755)

    with pytest.raises(ConfigError, match="run chmod 700"):
        kept.signed_in(SERVER)
    with pytest.raises(ConfigError, match="run chmod 700"):
        have(SERVER)


def test_a_link_is_not_followed(have, folder, tmp_path):
    have(SERVER)
    path = kept.where(SERVER)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(ConfigError, match="can't be read"):
        kept.signed_in(SERVER)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "can't be read as a sign-in"),
        ("[]", "can't be read as a sign-in"),
        ("{", "can't be read as a sign-in"),
        ('{"format": 2}', "its format is 2; this release of connectapi reads 1"),
        ('{"format": 1}', "missing required field `server`"),
        ('{"format": 1, "server": "https://x", "tokens": {"access_token": 7}}', "access_token"),
        ('{"format": 1, "server": "https://evil.example"}', "is of https://evil.example, not of"),
        ("\udcff", "can't be read as a sign-in"),
    ],
)
def test_a_file_that_can_t_be_read_is_named(have, text, words):
    have(SERVER)
    path = kept.where(SERVER)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(ConfigError, match=words) as caught:
        kept.signed_in(SERVER)
    assert path.name in str(caught.value)
    assert "elete it, and sign in anew" in str(caught.value)


def test_a_folder_that_can_t_be_made_is_named(have, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CONNECTAPI_CONFIG_DIR", str(tmp_path / "file"))

    with pytest.raises(ConfigError, match=r"can't be made.*CONNECTAPI_CONFIG_DIR"):
        have(SERVER)


def test_the_folder_is_where_the_system_has_settings(monkeypatch, tmp_path):
    monkeypatch.delenv("CONNECTAPI_CONFIG_DIR")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert own_folder() == tmp_path / "connectapi"
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert own_folder() == tmp_path / ".config" / "connectapi"
    monkeypatch.setattr("sys.platform", "darwin")
    assert own_folder() == tmp_path / "Library" / "Application Support" / "connectapi"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("APPDATA", str(tmp_path / "Roaming"))
    assert own_folder() == tmp_path / "Roaming" / "connectapi"


def test_no_repr_and_no_pickle_has_a_token(have):
    have(SERVER, "marked-token", "marked-refresh")

    found = kept.signed_in(SERVER)

    assert "marked" not in f"{found} {found!r}"
    with pytest.raises(TypeError, match="can't be pickled"):
        pickle.dumps(found)


# The keyring -------------------------------------------------------------------------------------


class Ring(KeyringBackend):
    """A keyring as a desktop has one, for the length of a test."""

    priority = 5

    def __init__(self):
        super().__init__()
        self.entries = {}

    def get_password(self, service, username):
        return self.entries.get((service, username))

    def set_password(self, service, username, password):
        self.entries[service, username] = password

    def delete_password(self, service, username):
        del self.entries[service, username]


class Shallow(Ring):
    """Takes everything and keeps nothing, as the null backend does."""

    def set_password(self, service, username, password):
        pass


class Plain(Ring):
    """Writes into a file that it does not guard."""

    priority = 0.5


class Locked(Ring):
    def set_password(self, *_):
        raise keyring.errors.KeyringLocked("marked-token")

    get_password = delete_password = set_password


@pytest.fixture
def ring():
    before = keyring.get_keyring()

    def use(backend):
        keyring.set_keyring(backend)
        return backend

    yield use
    keyring.set_keyring(before)


def test_the_system_s_keyring_has_the_tokens_and_the_file_has_none(ring, have):
    desk = ring(Ring())

    tokens = have(SERVER, "marked-token", "marked-refresh")

    assert list(desk.entries) == [("connectapi sign-in", SERVER)]
    assert "marked" not in kept.where(SERVER).read_text()
    assert kept.signed_in(SERVER)[1] == tokens
    assert kept.signed_in(SERVER)[0].place == "keyring"


@pytest.mark.parametrize("backend", [Shallow, Plain, Locked])
def test_a_keyring_that_keeps_nothing_falls_through_to_the_file(ring, have, backend):
    ring(backend())

    tokens = have(SERVER)

    assert kept.signed_in(SERVER)[1] == tokens
    assert json.loads(kept.where(SERVER).read_text())["tokens"]["access_token"] == "acc"


def test_who_signs_out_is_forgotten_by_the_keyring(ring, have):
    desk = ring(Ring())
    have(SERVER)

    with kept.locked(SERVER):
        found, _ = kept.signed_in(SERVER)
        kept.change(kept.Kept(server=SERVER, place=found.place))

    assert desk.entries == {}
    assert kept.signed_in(SERVER) is None


def test_a_keyring_that_can_t_be_opened_is_named_without_what_it_said(ring, have):
    ring(Ring())
    have(SERVER)
    ring(Locked())

    with pytest.raises(ConfigError, match=r"the system's keyring .*KeyringLocked.*sign in anew") as caught:
        kept.signed_in(SERVER)
    assert "marked" not in str(caught.value)
    ring(Plain())
    with pytest.raises(ConfigError, match="can't be used here"):
        kept.signed_in(SERVER)


def test_a_broken_entry_is_named_and_a_missing_one_means_signed_out(ring, have):
    desk = ring(Ring())
    have(SERVER)
    desk.entries["connectapi sign-in", SERVER] = '{"access_token": "marked-token"'

    with pytest.raises(ConfigError, match="no readable sign-in") as caught:
        kept.signed_in(SERVER)
    assert "marked" not in str(caught.value)
    desk.entries.clear()
    assert kept.signed_in(SERVER) is None
