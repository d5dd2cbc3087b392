import os
import stat
import traceback

import keyring
import keyring.backend
import keyring.errors
import pytest

from connectapi import ConfigError, Secret
from connectapi.profiles import own
from connectapi.profiles.lookup import find, known
from connectapi.profiles.profile import Profile

KEY = "s3cret-s3cret-s3cret"


class Kept(keyring.backend.KeyringBackend):
    """A keyring in memory, that can be shut."""

    priority = 5

    def __init__(self):
        self.entries = {}
        self.shut = False

    def get_password(self, service, username):
        if self.shut:
            raise keyring.errors.KeyringLocked(f"shut, with {self.entries}")
        return self.entries.get((service, username))

    def set_password(self, service, username, password):
        if self.shut:
            raise keyring.errors.PasswordSetError(password)
        self.entries[service, username] = password

    def delete_password(self, service, username):
        del self.entries[service, username]


@pytest.fixture
def ring():
    before, made = keyring.get_keyring(), Kept()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def profile(name="prod", key=KEY, **changes):
    given = {"server": "https://connect.example.com", "place": "file", **changes}
    return Profile(name=name, api_key=Secret(key) if key else None, **given)


def test_a_profile_comes_back_as_it_was_kept(home):
    kept = own.save(profile(ca_certificate="/etc/ca.pem", insecure=True, snowflake_connection="dev"))

    assert find("prod") == kept
    assert find("prod").api_key.reveal() == KEY
    assert known() == ["prod"]


def test_without_a_keyring_the_key_is_in_a_file_that_only_the_user_can_read(home):
    assert own.save(profile()).place == "file"

    path = own.folder() / "prod.json"
    assert KEY in path.read_text(encoding="utf-8")
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
@pytest.mark.parametrize(("what", "mode"), [("file", 0o640), ("file", 0o604), ("folder", 0o750), ("folder", 0o707)])
def test_what_others_can_read_is_refused(home, what, mode):
    own.save(profile())
    path = own.folder() / "prod.json" if what == "file" else own.folder()
    path.chmod(mode)

    with pytest.raises(ConfigError, match=rf"{path.name} has the mode 0{mode:o}.*chmod") as caught:
        find("prod")

    assert KEY not in str(caught.value)


def test_with_a_keyring_the_key_is_there_and_in_no_file(home, ring):
    assert own.save(profile()).place == "keyring"

    assert list(ring.entries.values()) == [KEY]
    assert KEY not in (own.folder() / "prod.json").read_text(encoding="utf-8")
    assert find("prod").api_key.reveal() == KEY


def test_a_keyring_that_does_not_take_the_key_leaves_it_to_the_file(home, ring):
    ring.shut = True

    assert own.save(profile()).place == "file"
    assert find("prod").api_key.reveal() == KEY


def test_a_keyring_that_is_shut_is_told_and_shows_nothing(home, ring):
    own.save(profile())
    ring.shut = True

    with pytest.raises(
        ConfigError, match=r"keyring can't be read for the key of the profile 'prod': KeyringLocked"
    ) as caught:
        find("prod")

    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_a_key_that_is_gone_from_the_keyring_is_told(home, ring):
    own.save(profile())
    ring.entries.clear()

    with pytest.raises(ConfigError, match="'prod' is no longer in the system's keyring: connectapi profiles add prod"):
        find("prod")


def test_a_file_that_was_changed_to_another_server_gets_no_key_from_the_keyring(home, ring):
    own.save(profile())
    path = own.folder() / "prod.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("connect.example.com", "evil.example.com"), encoding="utf-8")

    with pytest.raises(ConfigError, match="no longer in the system's keyring"):
        find("prod")


def test_a_profile_that_is_kept_anew_leaves_no_key_behind(home, ring):
    own.save(profile())
    own.save(profile(server="https://other.example.com", key="another"))
    assert list(ring.entries.values()) == ["another"]

    own.save(profile(key=None))
    assert ring.entries == {}
    assert find("prod").api_key is None


def test_a_profile_that_is_kept_without_its_key_leaves_none_behind(home, ring):
    own.save(profile())
    own.save(profile(key=None))

    assert ring.entries == {}


def test_what_cannot_be_written_leaves_no_key_in_the_keyring(home, ring):
    own.save(profile())
    (own.folder() / "more.json").mkdir()

    with pytest.raises(ConfigError, match=r"more\.json can't be written"):
        own.save(profile("more", key="another"))

    assert list(ring.entries.values()) == [KEY]
    assert find("prod").api_key.reveal() == KEY


def test_a_folder_that_cannot_be_made_leaves_no_key_in_the_keyring(home, ring):
    own.folder().parent.write_text("a file")

    with pytest.raises(ConfigError, match="can't be made"):
        own.save(profile())

    assert ring.entries == {}


def test_what_is_removed_is_gone_from_both_places(home, ring):
    own.save(profile())

    assert own.remove("prod")
    assert ring.entries == {}
    assert list(own.folder().iterdir()) == []
    assert not own.remove("prod")


@pytest.mark.parametrize("name", ["", "../prod", "a/b", ".hidden", "Prod", "a b", "é", "a" * 65, "con\n"])
def test_a_name_that_is_no_file_name_is_refused(home, name):
    with pytest.raises(ConfigError, match="can't be a profile's name"):
        own.save(profile(name))

    assert not own.folder().exists()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 2}', f'{{"format": 1, "server": 5, "api_key": "{KEY}"}}', f'"{KEY}"']
)
def test_a_malformed_file_is_named_can_be_replaced_and_removed(home, text):
    own.save(profile())
    path = own.folder() / "prod.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(
        ConfigError, match=r"prod\.json can't be read as a profile.*connectapi profiles add prod"
    ) as caught:
        find("prod")
    assert KEY not in str(caught.value)

    own.save(profile())
    assert find("prod").api_key.reveal() == KEY
    path.write_text(text, encoding="utf-8")
    assert own.remove("prod")


def test_a_link_is_not_followed(home, tmp_path):
    own.save(profile())
    path = own.folder() / "prod.json"
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")

    with pytest.raises(ConfigError, match=r"prod\.json can't be read"):
        find("prod")


def test_ours_goes_before_one_that_rsconnect_saved(home, saved_by_rsconnect):
    saved_by_rsconnect(prod={"url": "https://theirs.example.com", "api_key": "k"})
    own.save(profile())

    assert find("prod").server == "https://connect.example.com"
    assert known() == ["prod"]


def test_ours_is_found_whatever_is_in_the_file_of_rsconnect(home, saved_by_rsconnect):
    saved_by_rsconnect("{")
    own.save(profile())

    assert find("prod").api_key.reveal() == KEY
