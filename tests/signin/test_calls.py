"""Clients call as who signed in; tokens are renewed by one, for all."""

import pickle
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from attrs import evolve

from connectapi import APIError, Client, ConfigError, SignInError, TimeoutError, User
from connectapi.profiles import own
from connectapi.profiles.profile import Profile
from connectapi.signin import kept
from connectapi.signin.signing import sign_in, sign_out


@pytest.fixture
def signed_in(server, person):
    sign_in(server.url, open_browser=False, tell=person().tell)
    return server


def renewals(posts, before=1):
    """How often the token endpoint was asked, but for the sign-in itself."""
    return posts().count("token") - before


def age(server):
    """Let the access token be at its end by this machine's clock."""
    with kept.locked(server.url):
        found, tokens = kept.signed_in(server.url)
        kept.change(evolve(found, tokens=evolve(tokens, expires_at=time.time() - 1, issued_at=0.0)))


def test_a_client_without_a_key_calls_as_who_signed_in(signed_in):
    with Client(signed_in.url) as client:
        assert User.whoami(client).username == "admin"
        assert client.connect_api_key is None
        assert "connect_api_key=None" in str(client)


def test_without_a_sign_in_the_message_says_how(server):
    with pytest.raises(ConfigError, match=f"connectapi login {server.url}"):
        Client(server.url)


def test_a_key_goes_before_the_sign_in(signed_in, monkeypatch):
    monkeypatch.setenv("CONNECT_API_KEY", "of-the-environment")
    with Client(signed_in.url) as client, pytest.raises(APIError, match="401"):
        User.whoami(client)
    with Client(signed_in.url, signed_in.api_key) as client:
        assert User.whoami(client).username == "admin"
        assert client.connect_api_key is not None


def test_a_token_at_its_end_is_renewed_before_the_call(signed_in, posts):
    age(signed_in)

    with Client(signed_in.url) as client:
        User.whoami(client)
        User.whoami(client)

    assert renewals(posts) == 1
    assert 401 not in [each.status for each in signed_in.requests]


def test_a_token_that_the_server_refuses_is_renewed_once(signed_in, clock, posts):
    with Client(signed_in.url) as client:
        clock.advance(3601)
        assert User.whoami(client).username == "admin"

    assert renewals(posts) == 1
    assert [each.status for each in signed_in.requests if each.path == "/__api__/v1/user"][-2:] == [401, 200]


def test_the_next_client_goes_on_with_what_was_renewed(signed_in, clock, posts):
    clock.advance(3601)
    for _ in range(2):
        with Client(signed_in.url) as client:
            assert User.whoami(client).username == "admin"
    assert renewals(posts) == 1


def test_a_hundred_threads_and_one_renewal(signed_in, clock, posts):
    clock.advance(3601)
    ready = threading.Barrier(100)

    def call(_):
        ready.wait()
        return User.whoami(client).username

    with Client(signed_in.url) as client, ThreadPoolExecutor(100) as pool:
        assert list(pool.map(call, range(100))) == ["admin"] * 100
    assert renewals(posts) == 1


def test_a_hundred_threads_with_an_expired_token_ask_for_one(signed_in, posts):
    age(signed_in)
    ready = threading.Barrier(100)

    def call(_):
        ready.wait()
        return User.whoami(client).username

    with Client(signed_in.url) as client, ThreadPoolExecutor(100) as pool:
        assert set(pool.map(call, range(100))) == {"admin"}
    assert renewals(posts) == 1
    assert 401 not in [each.status for each in signed_in.requests]


CALL = """
import sys
from connectapi import Client, User
with Client(sys.argv[1]) as client:
    print("ready", flush=True)
    sys.stdin.readline()
    print(User.whoami(client).username)
"""


LOADED = """
import sys
from connectapi import Client, User
with Client(*sys.argv[1:]) as client:
    User.whoami(client)
print(sorted({"filelock", "keyring", "webbrowser", "http.server", "connectapi.signin"} & set(sys.modules)))
"""


def test_what_a_script_does_not_need_is_not_loaded(signed_in):
    def loaded(*arguments):
        command = [sys.executable, "-c", LOADED, signed_in.url, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert loaded() == "['connectapi.signin']", "nor a lock, while the token is good"
    assert loaded(signed_in.api_key) == "[]"


def test_several_processes_and_one_renewal(signed_in, clock, posts):
    """A refresh token that came twice would end the whole sign-in."""
    clock.advance(3601)
    command = [sys.executable, "-c", CALL, signed_in.url]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [each.stdout.readline() for each in started] == ["ready\n"] * 3
    for each in started:
        each.stdin.write("go\n")
        each.stdin.flush()

    assert [each.communicate(timeout=30)[0] for each in started] == ["admin\n"] * 3
    assert renewals(posts) == 1


def test_a_call_waits_for_another_process_no_longer_than_it_has_time(signed_in, posts):
    age(signed_in)
    with Client(signed_in.url) as client:
        with kept.locked(signed_in.url), pytest.raises(TimeoutError):
            User.whoami(client.with_options(timeout=0.2))
        assert renewals(posts) == 0
        assert User.whoami(client).username == "admin"


def test_a_sign_in_that_has_ended_says_so_and_is_forgotten(signed_in, clock, posts):
    with Client(signed_in.url) as client:
        clock.advance(40 * 86400)
        for _ in range(2):
            with pytest.raises(SignInError, match=f"Sign in anew: connectapi login {signed_in.url}"):
                User.whoami(client)

    assert renewals(posts) == 1, "the second call knows already"
    with pytest.raises(ConfigError, match="no API key"):
        Client(signed_in.url)


def test_a_registration_that_was_deleted_ends_the_sign_in(signed_in, person):
    with Client(signed_in.url, signed_in.api_key) as admin:
        for each in admin.oauth_clients.get():
            each.delete()
    with Client(signed_in.url) as client, pytest.raises(SignInError, match="the sign-in has ended"):
        User.whoami(client)

    assert sign_in(signed_in.url, open_browser=False, tell=person().tell).username == "admin"


def test_who_signs_out_ends_the_calls_of_running_clients(signed_in):
    with Client(signed_in.url) as client:
        User.whoami(client)
        sign_out(signed_in.url)
        with pytest.raises(SignInError, match="nobody is signed in any more"):
            User.whoami(client)


def test_a_token_without_a_refresh_token_ends(have, answers):
    have(answers.url, refresh=None)
    answers.on("GET /v1/user", {"error": "x"}, status=401)

    with Client(answers.url) as client, pytest.raises(SignInError, match="there is none to renew it with"):
        User.whoami(client)
    assert answers.calls() == ["GET /v1/user"]


def test_a_refresh_token_that_stays_is_kept(have, answers):
    url = answers.url
    have(url, "old", "stays", expires_at=1.0)
    answers.on("GET /.well-known/oauth-authorization-server", {"issuer": url, "token_endpoint": f"{url}/t"})
    answers.on("POST /t", {"access_token": "new", "token_type": "Bearer", "expires_in": 3600})
    answers.on("GET /v1/user", {"username": "priya"})

    with Client(url) as client:
        assert User.whoami(client).username == "priya"

    assert answers.asked[-1].headers["Authorization"] == "Bearer new"
    assert kept.signed_in(url)[1].refresh_token.reveal() == "stays"


def test_a_token_goes_to_its_own_server_alone(have, answers):
    have("https://connect.example.com", "marked-token")

    with pytest.raises(ConfigError, match="no API key"):
        Client(answers.url)
    assert answers.asked == []


def test_a_token_does_not_go_to_an_api_that_lies_elsewhere(have, answers):
    have("https://connect.example.com", "marked-token")
    elsewhere = f"{answers.url}/__api__/v1"

    with pytest.raises(ConfigError, match=f"no API key given for {answers.url}"):
        Client("https://connect.example.com", api_endpoint=elsewhere)
    have(answers.url, "for-the-api")
    answers.on("GET /v1/user", {"username": "priya"})
    with Client("https://connect.example.com", api_endpoint=elsewhere) as client:
        User.whoami(client)
    assert answers.asked[-1].headers["Authorization"] == "Bearer for-the-api"


def test_a_pickled_client_finds_the_sign_in_where_it_is_opened(signed_in):
    with Client(signed_in.url) as client:
        text = pickle.dumps(client)
    _, tokens = kept.signed_in(signed_in.url)
    assert tokens.access_token.reveal().encode() not in text
    with pickle.loads(text) as again:
        assert User.whoami(again).username == "admin"


def test_a_profile_without_a_key_calls_as_who_signed_in(signed_in):
    own.save(Profile(name="prod", server=signed_in.url, place="file"))

    with Client(profile="prod") as client:
        assert client.users.whoami().username
        assert client.connect_api_key is None
    with pytest.raises(ConfigError, match="not for https://elsewhere"):
        Client("https://elsewhere.example.com", profile="prod")
