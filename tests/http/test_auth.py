import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectapi.errors import ConfigError
from connectapi.http.auth import ApiKeyAuth, NoAuth, masked
from connectapi.http.values import Request, Response
from connectapi.types import Secret

REQUEST = Request(verb="GET", path="/v1/user")
KEYS = st.from_regex(r"[A-Za-z0-9]{16,64}", fullmatch=True)


def only_request(flow):
    sent = next(flow)
    with pytest.raises(StopIteration):
        flow.send(Response(status=200))
    return sent


def test_a_key_goes_into_the_authorization_header():
    sent = only_request(ApiKeyAuth(Secret("abc")).flow(REQUEST))

    assert sent.headers == {"Authorization": "Key abc"}
    assert REQUEST.headers == {}


def test_a_request_that_brings_its_own_authorization_keeps_it():
    """Bootstrap calls carry `Connect-Bootstrap` and a token of their own."""
    request = Request(verb="POST", path="/v1/experimental/bootstrap", headers={"authorization": "Connect-Bootstrap x"})

    assert only_request(ApiKeyAuth(Secret("abc")).flow(request)) is request


def test_no_auth_sends_the_request_as_it_is():
    assert only_request(NoAuth().flow(REQUEST)) is REQUEST
    assert list(NoAuth().secrets()) == []


@pytest.mark.parametrize("key", ["", " ", "a key", "key\n", "key\r\nX-Evil: 1", "\tkey", "ke\x00y", "ключ", "a\xa0b"])
def test_what_can_be_no_key_is_refused(key):
    with pytest.raises(ConfigError, match=r"the API key .*CONNECT_API_KEY"):
        ApiKeyAuth(Secret(key))


@settings(max_examples=25, deadline=None)
@given(KEYS, st.sampled_from(["\n", " ", "€", "\x7f"]))
def test_a_key_that_is_refused_is_in_no_traceback(shown, key, fault):
    with pytest.raises(ConfigError) as caught:
        ApiKeyAuth(Secret(key + fault))
    assert "_check_key" in shown(caught.value)
    assert key not in shown(caught.value)


@settings(max_examples=25, deadline=None)
@given(KEYS)
def test_a_key_is_in_no_repr_and_no_pickle(key):
    auth = ApiKeyAuth(Secret(key))

    sent = next(auth.flow(REQUEST))

    assert key not in f"{auth!r} {auth} {auth.secrets()!r} {sent!r} {sent} {sent.headers!r}"
    assert key.encode() not in pickle.dumps(sent)
    with pytest.raises(TypeError, match="can't be pickled"):
        pickle.dumps(auth)


def test_secrets_are_masked_wherever_they_stand_in_a_text():
    secrets = [Secret("abcdef"), Secret(""), Secret("xyz")]

    assert masked("key abcdef, abcdef and xyz.", secrets) == "key XXXXXXXX, XXXXXXXX and XXXXXXXX."
    assert masked("nothing", []) == "nothing"
