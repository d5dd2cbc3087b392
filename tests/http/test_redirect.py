"""Where a redirect is followed to, and where not."""

import io

import pytest

from connectapi import errors
from connectapi.http.redirect import Redirects
from connectapi.http.values import Request, Response
from connectapi.types import Secret

REQUEST = Request(verb="GET", path="/v1/content/abc")
POST = Request(verb="POST", path="/v1/content", body=b"{}")
ORIGIN = "https://host"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_get_goes_where_its_own_server_says(scripted, transport, key, status):
    scripted.say(status, b"", {"Location": "/elsewhere/user?page=2"}).say(200, b"[1]")

    assert transport.send(REQUEST).json() == [1]
    assert [f"{asked.path}?{asked.query}" for asked in scripted.asked][1:] == ["/elsewhere/user?page=2"]
    assert {asked.headers["Authorization"] for asked in scripted.asked} == {f"Key {key}"}


def test_a_redirect_may_name_the_server_in_full(scripted, transport):
    scripted.say(307, b"", {"Location": f"{scripted.origin}/rsc/__api__/v1/user"}).say()

    assert transport.send(REQUEST).status == 200
    assert scripted.asked[1].path == "/rsc/__api__/v1/user"


def test_a_download_follows_as_well(scripted, transport):
    scripted.say(302, b"moved", {"Location": "/files/1"}).say(200, b"content")
    file = io.BytesIO()

    transport.download(REQUEST, file)

    assert file.getvalue() == b"content"


@pytest.mark.parametrize("call", [lambda it: it.send(REQUEST), lambda it: it.download(REQUEST, io.BytesIO())])
def test_another_server_is_not_asked(scripted, transport, call):
    scripted.say(307, b"", {"Location": "https://elsewhere.example.com/rsc/__api__/v1/user"})

    with pytest.raises(errors.RedirectError, match="Set CONNECT_SERVER to 'https://elsewhere"):
        call(transport)
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_changes_something_is_sent_once(scripted, transport, status, verb):
    scripted.say(status, b"", {"Location": "/elsewhere"})

    with pytest.raises(errors.RedirectError, match=f"A {verb} is not sent a second time"):
        transport.send(Request(verb=verb, path="/v1/content", body=b"{}"))
    assert len(scripted.asked) == 1


def test_a_circle_is_seen(scripted, transport):
    scripted.say(302, b"", {"Location": "/a"}).say(302, b"", {"Location": "/b"}).say(302, b"", {"Location": "/a"})

    with pytest.raises(errors.RedirectError, match="circle"):
        transport.send(REQUEST)
    assert len(scripted.asked) == 3


def test_a_way_without_end_is_left(scripted, transport):
    for number in range(20):
        scripted.say(302, b"", {"Location": f"/{number}"})

    with pytest.raises(errors.RedirectError, match="too many in a row"):
        transport.send(REQUEST)
    assert len(scripted.asked) == 6


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("https://new/rsc/__api__/v1/content/abc?x=1", "where no key is sent. Set CONNECT_SERVER to 'https://new/rsc'"),
        ("https://me:hunter2@sso.corp/login?ticket=hunter2#hunter2", "redirects to https://sso.corp/login (302)"),
        ("https://sso.corp/hunter2", "Is there a login page"),
        ("https://me:hunter2@host/x", "redirects to https://host/x"),
        ("http://host/__api__/v1/content/abc", "would not be encrypted"),
        ("//other/x", "redirects to https://other/x"),
        ("https://host:8443/x", "where no key is sent"),
        ("ftp://host/x", "where no key is sent"),
        ("javascript:hunter2", "where no key is sent"),
        ("https://host.evil.example/x", "where no key is sent"),
        ("https://host:99999/x", "what is no URL"),
        ("https://[::1/x", "what is no URL"),
        ("/x\\y", "what is no URL"),
        ("/x y", "what is no URL"),
        ("/größe", "what is no URL"),
        ("", "circle"),
        (None, "redirects to nowhere"),
    ],
)
def test_a_redirect_that_is_refused_says_where_to_and_what_to_set(location, said):
    headers = {} if location is None else {"Location": location}
    redirects = Redirects(REQUEST, ORIGIN, "/__api__/v1/content/abc", [Secret("hunter2")])

    with pytest.raises(errors.RedirectError) as caught:
        redirects.next(Response(status=302, headers=headers))
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "location", ["https://HOST/x", "https://host:443/x", "//host/x", "/x", "../../../x", "/x#part"]
)
def test_one_server_goes_by_many_names(location):
    redirects = Redirects(REQUEST, ORIGIN, "/__api__/v1/abc", ())

    assert redirects.next(Response(status=302, headers={"Location": location})) == "/x"


@pytest.mark.parametrize("status", [200, 204, 304, 404, 503])
def test_other_answers_lead_nowhere(status):
    assert Redirects(REQUEST, ORIGIN, "/x").next(Response(status=status, headers={"Location": "/y"})) is None


@pytest.mark.parametrize("status", [300, 305, 306, 399])
def test_a_redirect_that_names_no_place_for_the_call_is_refused(status):
    with pytest.raises(errors.RedirectError, match="nowhere"):
        Redirects(REQUEST, ORIGIN, "/x").next(Response(status=status, headers={"Location": "/y"}))
