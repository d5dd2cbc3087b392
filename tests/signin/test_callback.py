"""What the browser brings back, and who may bring it."""

import socket
import string
from urllib.parse import urlencode, urlsplit

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from connectapi import SignInError
from connectapi.signin.callback import Listener, code_of
from connectapi.signin.proof import Proof
from connectapi.testing.oauth.messages import proves
from connectapi.types import Secret

SERVER = "https://connect.example.com"
STATE = "the-state-that-went-out"


def read(query, *, names_issuer=True):
    text = query if isinstance(query, str) else urlencode(query)
    return code_of(Secret(text), SERVER, Secret(STATE), SERVER, names_issuer=names_issuer).reveal()


def test_the_code_comes_back_with_the_state():
    assert read({"code": "abc", "state": STATE, "iss": SERVER}) == "abc"
    assert read({"code": "abc", "state": STATE}, names_issuer=False) == "abc"


@given(st.text(max_size=40).filter(lambda text: text != STATE))
def test_any_other_state_is_refused(state):
    with pytest.raises(SignInError, match="another state"):
        read({"code": "abc", "state": state, "iss": SERVER})


@given(st.integers(0, len(STATE) - 1), st.characters(min_codepoint=33, max_codepoint=126))
def test_a_state_that_changed_in_one_place_is_refused(place, letter):
    changed = STATE[:place] + letter + STATE[place + 1 :]
    if changed != STATE:
        with pytest.raises(SignInError, match="another state"):
            read({"code": "abc", "state": changed, "iss": SERVER})


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"code": "abc", "iss": SERVER}, "another state"),
        ({"code": "abc", "state": STATE}, "another server"),
        ({"code": "abc", "state": STATE, "iss": "https://evil.example"}, "another server"),
        ({"state": STATE, "iss": SERVER}, "without a code"),
        ({"state": STATE, "iss": SERVER, "error": "access_denied"}, "access was denied"),
        ({"state": STATE, "iss": SERVER, "error": "server_error", "error_description": "Down"}, "Down .server_error"),
        (f"code=a&code=b&state={STATE}&iss={SERVER}", "in two ways"),
        ("&".join(f"a{n}=1" for n in range(99)), "in two ways"),
        ("state=%ff", "in two ways"),
        ("", "another state"),
    ],
)
def test_what_is_not_the_answer_is_refused_by_name(query, words):
    with pytest.raises(SignInError, match=words):
        read(query)


@given(st.text(string.ascii_letters + string.digits + "-._~", min_size=43, max_size=128))
def test_a_challenge_is_proved_by_its_own_verifier_alone(verifier):
    challenge = Proof(verifier=Secret(verifier)).challenge

    assert proves(verifier, challenge)
    assert not proves(Proof().verifier.reveal(), challenge)


def test_each_sign_in_has_a_proof_of_its_own_and_shows_none_of_it():
    one, two = Proof(), Proof()

    assert (one.state, one.verifier) != (two.state, two.verifier)
    assert proves(one.verifier.reveal(), one.challenge)
    assert one.verifier.reveal() not in f"{one}{one!r}"


# The listener ------------------------------------------------------------------------------------


def judge(query):
    if query.reveal() != "good":
        raise SignInError(SERVER, "not <b>that</b>")
    return Secret("code")


def come(listener, rest="?good", verb="GET"):
    return urllib3.request(verb, f"{listener.address}{rest}", retries=False)


def test_it_takes_one_answer_and_says_so_in_words():
    with Listener(judge) as listener:
        first, second = come(listener), come(listener)
        assert listener.wait(5).reveal() == "code"

    assert (first.status, second.status) == (200, 410)
    assert "You can close this page" in first.data.decode()
    assert first.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert first.headers["Cache-Control"] == "no-store"


def test_a_refused_answer_is_told_to_both():
    with Listener(judge) as listener:
        page = come(listener, "?bad")
        with pytest.raises(SignInError, match="not <b>that</b>"):
            listener.wait(5)

    assert page.status == 400
    assert "not &lt;b&gt;that&lt;/b&gt;" in page.data.decode()


def test_other_paths_and_verbs_are_turned_away_and_end_nothing():
    with Listener(judge) as listener:
        icon = urllib3.request("GET", listener.address.replace("/callback", "/favicon.ico"), retries=False)
        posted = come(listener, verb="POST")
        assert listener.wait(0.01) is None
        come(listener)
        assert listener.wait(5).reveal() == "code"

    assert (icon.status, posted.status) == (404, 501)


def test_it_listens_on_this_machine_alone_and_no_longer_than_needed():
    with Listener(judge) as listener:
        port = urlsplit(listener.address).port
        silent = socket.create_connection(("127.0.0.1", port), timeout=5)  # browsers open some in advance
        come(listener)
        assert listener.wait(5) is not None
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=5)

    assert silent.recv(1) == b""
    silent.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
