"""Which server is called with which key, over real files and the environment."""

import pickle
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectapi import Client, ConfigError, Secret, User
from connectapi.profiles import own
from connectapi.profiles.profile import Profile

A, B, C = "https://a.example.com", "https://b.example.com/rsc", "https://c.example.com"

#: Two profiles: `one` is for C and has a key, `two` is for B and has none.
PROFILES = {"one": (C, "of-one"), "two": (B, None)}


@pytest.fixture(autouse=True)
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("CONNECTAPI_CONFIG_DIR", str(tmp_path / "own"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "APPDATA", "CONNECT_SERVER", "CONNECT_API_KEY", "CONNECT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, (server, key) in PROFILES.items():
        own.save(Profile(name=name, server=server, place="file", api_key=Secret(key) if key else None))


def called(environment, **told):
    """Return which server a client calls and with which key, or that it is refused."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            if value is not None:
                patch.setenv(name, value)
        try:
            client = Client(**told)
        except ConfigError:
            return "refused"
        return client.connect_server, client.connect_api_key.reveal()


#: What docs/credentials.md has as a table: the environment, what is told, and what is called with which key.
TABLE = [
    # What is told goes before all else.
    ({}, {"connect_server": A, "connect_api_key": "told"}, (A, "told")),
    ({"CONNECT_SERVER": B, "CONNECT_API_KEY": "env"}, {"connect_server": A, "connect_api_key": "told"}, (A, "told")),
    ({"CONNECT_SERVER": B, "CONNECT_API_KEY": "env"}, {"connect_api_key": "told"}, (B, "told")),
    ({"CONNECT_PROFILE": "one"}, {"connect_server": A, "connect_api_key": "told"}, (A, "told")),
    ({"CONNECT_PROFILE": "one"}, {"connect_api_key": "told"}, (C, "told")),
    # A profile that is told goes before the environment.
    ({"CONNECT_SERVER": B, "CONNECT_API_KEY": "env"}, {"profile": "one"}, (C, "of-one")),
    ({"CONNECT_PROFILE": "two"}, {"profile": "one"}, (C, "of-one")),
    ({}, {"profile": "one", "connect_api_key": "told"}, (C, "told")),
    ({}, {"profile": "one", "connect_server": C + "/connect/"}, (C, "of-one")),
    ({}, {"profile": "one", "connect_server": A}, "refused"),
    ({}, {"profile": "one", "connect_server": A, "connect_api_key": "told"}, "refused"),
    ({"CONNECT_SERVER": B, "CONNECT_API_KEY": "env"}, {"profile": "two"}, "refused"),
    # The environment: its server and key, else its profile.
    ({"CONNECT_SERVER": B, "CONNECT_API_KEY": "env"}, {}, (B, "env")),
    ({"CONNECT_SERVER": B, "CONNECT_API_KEY": "env", "CONNECT_PROFILE": "one"}, {}, (B, "env")),
    ({"CONNECT_PROFILE": "one"}, {}, (C, "of-one")),
    ({"CONNECT_PROFILE": "one", "CONNECT_API_KEY": "env"}, {}, (C, "of-one")),
    ({"CONNECT_PROFILE": "two", "CONNECT_API_KEY": "env"}, {}, "refused"),
    ({"CONNECT_SERVER": B, "CONNECT_PROFILE": "one"}, {}, "refused"),
    # A server that is told, with the key of the environment: only if that can be for it.
    ({"CONNECT_API_KEY": "env"}, {"connect_server": A}, (A, "env")),
    ({"CONNECT_SERVER": A, "CONNECT_API_KEY": "env"}, {"connect_server": A + "/__api__"}, (A, "env")),
    ({"CONNECT_SERVER": A, "CONNECT_API_KEY": "env"}, {"connect_server": B}, "refused"),
    ({"CONNECT_SERVER": A, "CONNECT_API_KEY": "env"}, {"connect_server": A + ":8443"}, "refused"),
    ({"CONNECT_SERVER": A, "CONNECT_API_KEY": "env"}, {"connect_server": A + "/rsc"}, "refused"),
    ({"CONNECT_SERVER": "demo", "CONNECT_API_KEY": "env"}, {"connect_server": A}, "refused"),
    ({"CONNECT_SERVER": "no URL", "CONNECT_API_KEY": "env"}, {"connect_server": A}, "refused"),
    ({"CONNECT_PROFILE": "one"}, {"connect_server": C}, "refused"),
    # The API elsewhere: a key goes there only if it is told.
    ({"CONNECT_SERVER": A, "CONNECT_API_KEY": "env"}, {"api_endpoint": A + "/other/v1"}, (A, "env")),
    ({"CONNECT_SERVER": A, "CONNECT_API_KEY": "env"}, {"api_endpoint": B + "/v1"}, "refused"),
    ({"CONNECT_SERVER": A, "CONNECT_API_KEY": "env"}, {"connect_server": A, "api_endpoint": C + "/v1"}, "refused"),
    ({"CONNECT_API_KEY": "env"}, {"connect_server": A, "api_endpoint": C + "/v1"}, (A, "env")),
    ({}, {"profile": "one", "api_endpoint": A + "/v1"}, "refused"),
    ({}, {"profile": "one", "api_endpoint": A + "/v1", "connect_api_key": "told"}, (C, "told")),
    # Nothing.
    ({}, {}, "refused"),
    ({"CONNECT_API_KEY": "env"}, {}, "refused"),
    ({"CONNECT_SERVER": "", "CONNECT_API_KEY": "", "CONNECT_PROFILE": ""}, {}, "refused"),
]


@pytest.mark.parametrize(("environment", "told", "expected"), TABLE)
def test_what_is_told_goes_before_a_profile_and_that_before_the_environment(environment, told, expected):
    assert called(environment, **told) == expected


def model(server, key, profile, env_server, env_key, env_profile):
    """Say it in the plainest way: first the source of the server, then the keys that are for it."""
    chosen = profile or (env_profile if not server and not env_server else None)
    if chosen is not None:
        if chosen not in PROFILES:
            return "refused"
        there, its_key = PROFILES[chosen]
        if server and server != there:
            return "refused"
    else:
        there = server or env_server
        its_key = env_key if env_server in {None, there} else None
    if there is None or not (key or its_key):
        return "refused"
    return there, key or its_key


servers = st.sampled_from([None, A, B, C])
profiles = st.sampled_from([None, "one", "two", "three"])


@given(
    server=servers,
    key=st.sampled_from([None, "told"]),
    profile=profiles,
    env_server=servers,
    env_key=st.sampled_from([None, "env"]),
    env_profile=profiles,
)
def test_every_combination_is_resolved_as_the_plain_model_says(server, key, profile, env_server, env_key, env_profile):
    environment = {"CONNECT_SERVER": env_server, "CONNECT_API_KEY": env_key, "CONNECT_PROFILE": env_profile}
    expected = model(server, key, profile, env_server, env_key, env_profile)

    found = called(environment, connect_server=server, connect_api_key=key, profile=profile)

    assert found == expected
    if found != "refused":
        given_for = {"told": {found[0]}, "of-one": {C}, "env": {env_server or found[0]}}
        assert found[0] in given_for[found[1]], "a key goes to the server it was given for"


@pytest.mark.parametrize(
    ("environment", "told", "why"),
    [
        (
            {"CONNECT_SERVER": A},
            {"connect_server": B},
            rf"CONNECT_API_KEY is for {A}, which .*Client\('{B}', connect_api",
        ),
        ({"CONNECT_SERVER": "https://u:pw@x"}, {"connect_server": B}, "CONNECT_API_KEY is for another server"),
        ({}, {"profile": "one", "connect_server": A}, f"the profile 'one' is for {C}, not for {A}"),
        ({}, {"profile": "one", "api_endpoint": A + "/v1"}, f"'one' is for {C}, and not sent to {A}"),
        ({}, {"profile": "on"}, r"no profile is called 'on' \(did you mean 'one'\?\)"),
        ({"CONNECT_PROFILE": "on"}, {}, r"no profile is called 'on' \(did you mean 'one'\?\)"),
        ({}, {"connect_server": "one"}, r"'one' is a profile and no server: Client\(profile='one'\)"),
    ],
)
def test_what_does_not_fit_together_is_told_and_shows_no_key(monkeypatch, environment, told, why):
    for name, value in {"CONNECT_API_KEY": "s3cret-s3cret", **environment}.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(ConfigError, match=why) as caught:
        Client(**told)

    assert "s3cret" not in str(caught.value)
    assert "of-one" not in str(caught.value)
    assert "u:pw" not in str(caught.value)


def test_a_profile_opens_its_server(answers):
    answers.on("GET /v1/user", {"guid": "g"})
    own.save(Profile(name="here", server=answers.url, place="file", api_key=Secret("of-here")))

    with Client(profile="here") as client:
        assert User.whoami(client).guid == "g"

    assert answers.asked[0].headers["Authorization"] == "Key of-here"


def test_the_embedded_server_has_its_own_key_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("CONNECT_SERVER", A)
    monkeypatch.setenv("CONNECT_API_KEY", "s3cret")

    with Client("demo") as client:
        assert client.connect_api_key.reveal() != "s3cret"
        assert User.whoami(client).username


def test_a_pickle_keeps_the_name_of_the_profile_and_takes_the_key_that_is_kept_where_it_is_opened(answers, monkeypatch):
    answers.on("GET /v1/user", {"guid": "g"})
    monkeypatch.setenv("CONNECT_API_KEY", "env")
    kept = Profile(name="here", server=answers.url, place="file", api_key=Secret("s3cret-of-here"))
    own.save(kept)
    pickled = pickle.dumps(Client(profile="here"))

    assert b"s3cret" not in pickled
    with pickle.loads(pickled) as client:
        User.whoami(client)
    assert answers.asked[-1].headers["Authorization"] == "Key s3cret-of-here"

    own.save(Profile(name="here", server=A, place="file", api_key=Secret("of-a")))
    with pytest.raises(ConfigError, match=f"the profile 'here' is for {A} now"):
        User.whoami(pickle.loads(pickled))
    own.remove("here")
    with pytest.raises(ConfigError, match="no profile is called 'here'"):
        User.whoami(pickle.loads(pickled))
    assert len(answers.asked) == 1


def test_a_pickle_takes_no_key_of_another_server(monkeypatch):
    pickled = pickle.dumps(Client(A, "told"))
    monkeypatch.setenv("CONNECT_API_KEY", "env")
    assert pickle.loads(pickled).connect_api_key.reveal() == "env"

    monkeypatch.setenv("CONNECT_SERVER", B)

    assert pickle.loads(pickled).connect_api_key is None


def test_who_has_no_profile_loads_nothing_for_them():
    code = (
        "import sys; there = set(sys.modules);"  # what measures coverage is there before
        "import connectapi; connectapi.Client('https://c.example.com', 'k'); loaded = set(sys.modules) - there;"
        "print(sorted({'json', 'keyring', 'snowflake', 'connectapi.profiles', 'connectapi.private'} & loaded))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
