"""People sign in with a browser or a code, and out again."""

import threading

import pytest

from connectapi import ConfigError, SignInError, UnsupportedError
from connectapi.signin import kept
from connectapi.signin.device import Waiting, by_device
from connectapi.signin.prompt import Prompt
from connectapi.signin.signing import sign_in, sign_out, signed_in
from connectapi.signin.site import Site
from connectapi.testing import ConnectServer


def fails(*_):
    raise AssertionError("nobody is asked")


# In a browser ------------------------------------------------------------------------------------


def test_a_person_signs_in_with_a_browser(server, person, monkeypatch):
    somebody, shown = person(), []
    monkeypatch.setattr("webbrowser.open", lambda url: bool(somebody.tell(Prompt(url=url, expires_in=1)) or True))

    made = sign_in(f"{server.url}/connect/", tell=shown.append)

    assert (made.server, made.username, made.place, made.renewable) == (server.url, "admin", "file", True)
    assert signed_in(server.url) == made
    assert shown[0].opened
    assert somebody.page()[0] == 200


def test_without_a_browser_the_page_is_told(server, person, monkeypatch):
    monkeypatch.setattr("webbrowser.open", fails)
    somebody = person()

    assert sign_in(server.url, open_browser=False, tell=somebody.tell).username == "admin"


def test_the_page_is_printed_where_it_gets_into_no_pipe(capsys, server):
    with pytest.raises(SignInError, match="nobody came back from the browser"):
        sign_in(server.url, open_browser=False, timeout=0.01)

    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"{server.url}/__oauth__/authorize?" in printed.err


def test_a_person_says_no(server, person):
    somebody = person("deny")

    with pytest.raises(SignInError, match="access was denied") as caught:
        sign_in(server.url, open_browser=False, tell=somebody.tell)

    assert caught.value.error == "access_denied"
    assert "access was denied" in somebody.page()[1]
    assert signed_in(server.url) is None


def test_an_answer_with_a_stolen_state_signs_nobody_in(server, person):
    """Somebody lets a victim's browser bring the code of their own sign-in."""
    thief = person()

    def tell(prompt):
        changed = prompt.url.replace("state=", "state=x")
        threading.Thread(target=thief.visit, args=(changed,)).start()

    with pytest.raises(SignInError, match="another state"):
        sign_in(server.url, open_browser=False, tell=tell)
    assert signed_in(server.url) is None


def test_a_code_that_somebody_caught_is_worthless_without_the_verifier(server, person):
    """PKCE: a challenge of somebody else's in the address, and the code can't be used."""
    somebody = person()

    def tell(prompt):
        head, _, tail = prompt.url.partition("code_challenge=")
        changed = f"{head}code_challenge={'A' * 43}{tail[43:]}"
        threading.Thread(target=somebody.visit, args=(changed,)).start()

    with pytest.raises(SignInError, match="code_verifier") as caught:
        sign_in(server.url, open_browser=False, tell=tell)
    assert caught.value.error == "invalid_grant"


def test_ctrl_c_ends_the_waiting_and_the_listening(server):
    def tell(prompt):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sign_in(server.url, open_browser=False, tell=tell)
    assert "connectapi sign-in" not in {each.name for each in threading.enumerate()}


# Registrations -----------------------------------------------------------------------------------


def test_the_registration_is_kept(server, person, posts):
    for _ in range(2):
        sign_in(server.url, open_browser=False, tell=person().tell)
        sign_out(server.url)

    assert posts().count("register") == 1


@pytest.mark.parametrize("device", [False, True])
def test_a_registration_that_was_deleted_is_made_anew_once(server, person, posts, connect_as_admin, device):
    sign_in(server.url, open_browser=False, tell=person().tell)
    for each in connect_as_admin.oauth_clients.get():
        each.delete()

    assert sign_in(server.url, device=device, open_browser=False, tell=person().tell).username == "admin"
    assert posts().count("register") == 2


@pytest.fixture
def connect_as_admin(server):
    from connectapi import Client

    with Client(server.url, server.api_key) as client:
        yield client


def test_a_new_sign_in_ends_the_one_before(server, person):
    sign_in(server.url, open_browser=False, tell=person().tell)
    _, first = kept.signed_in(server.url)

    sign_in(server.url, open_browser=False, tell=person().tell)

    with Site(server.url) as site:
        assert site.username(first) is None
        assert site.username(kept.signed_in(server.url)[1]) == "admin"


@pytest.mark.parametrize("version", ["2026.05.0", "2024.08.0"])
@pytest.mark.parametrize("device", [False, True])
def test_an_older_server_is_none_that_one_signs_in_to(version, device):
    with (
        ConnectServer(version=version, sample=False) as server,
        pytest.raises(UnsupportedError, match=r"needs Connect 2026.06.0 or newer.*use an API key: set CONNECT_API_KEY"),
    ):
        sign_in(server.url, device=device, tell=fails)


def test_plain_http_to_another_machine_is_refused():
    with pytest.raises(ConfigError, match="plain HTTP"):
        sign_in("http://connect.example.com", tell=fails)


# On another screen -------------------------------------------------------------------------------


class Time:
    """Goes by when somebody waits, on the server too; at the given waits something happens."""

    def __init__(self, clock, **happens):
        self.clock, self.waits, self.happens = clock, [], happens
        self.waiting = Waiting(self.sleep, lambda: clock.now().timestamp())

    def sleep(self, seconds):
        self.waits.append(seconds)
        self.clock.advance(seconds)
        if happening := self.happens.get(f"at_{len(self.waits)}"):
            happening()


@pytest.fixture
def site(server):
    with Site(server.url) as made:
        yield made


def wait(site, time, prompts, **more):
    return by_device(site, site.register(), prompts.append, waiting=time.waiting, **more)


def test_a_person_signs_in_on_another_screen(site, clock, person):
    prompts = []
    time = Time(clock, at_2=lambda: person().decide(prompts[0].url))

    tokens = wait(site, time, prompts)

    assert site.username(tokens) == "admin"
    assert time.waits == [1.0, 1.0]
    assert prompts[0].code in prompts[0].url
    assert prompts[0].code in str(prompts[0])


def test_who_asks_too_often_asks_less_often(site, clock, person):
    prompts = []
    # The server's clock stands still for the first two questions, so that the second comes too soon.
    time = Time(clock, at_4=lambda: person().decide(prompts[0].url))
    advance, clock.advance = clock.advance, lambda seconds: advance(seconds if len(time.waits) > 2 else 0)

    assert site.username(wait(site, time, prompts)) == "admin"
    assert time.waits == [1.0, 1.0, 6.0, 6.0]


def test_a_person_says_no_on_another_screen(site, clock, person):
    prompts = []
    time = Time(clock, at_2=lambda: person("deny").decide(prompts[0].url))

    with pytest.raises(SignInError, match="access was denied") as caught:
        wait(site, time, prompts)
    assert caught.value.error == "access_denied"


def test_a_code_that_nobody_types_expires(site, clock):
    with pytest.raises(SignInError, match="nobody typed the code in time"):
        wait(site, Time(clock), [], timeout=20)


def test_the_server_says_when_a_code_has_expired(site, clock):
    time = Time(clock, at_3=lambda: clock.advance(601))

    with pytest.raises(SignInError, match="nobody typed the code in time"):
        wait(site, time, [], timeout=1500)
    assert len(time.waits) == 3


@pytest.fixture
def scripted(answers):
    """A server that gives a code, and answers questions as it is told."""
    url = answers.url
    told = {"issuer": url, "token_endpoint": f"{url}/t", "device_authorization_endpoint": f"{url}/d"}
    given = {"device_code": "the-device-code", "user_code": "ABCD", "verification_uri": f"{url}/device", "interval": 3}
    answers.on("GET /.well-known/oauth-authorization-server", told).on("POST /d", given)
    with Site(url) as site:
        yield answers, site


def test_a_server_that_fails_for_a_while_is_asked_again(scripted, clock):
    answers, site = scripted
    answers.on("POST /t", b"<h1>Bad gateway</h1>", status=502)
    answers.on("POST /t", {"error": "authorization_pending"}, status=400)
    answers.on("POST /t", {"access_token": "good", "token_type": "bearer"})
    time = Time(clock)

    tokens = by_device(site, "c", lambda _: None, waiting=time.waiting)

    assert tokens.access_token.reveal() == "good"
    assert time.waits == [3.0, 6.0, 6.0]


def test_the_page_that_a_person_goes_to_asks_for_the_code_where_it_does_not_show_it(scripted, clock):
    answers, site = scripted
    answers.on("POST /t", {"access_token": "good", "token_type": "bearer"})
    prompts = []

    by_device(site, "c", prompts.append, waiting=Time(clock).waiting)

    assert str(prompts[0]).endswith("/device\nIt shows the code ABCD, or asks for it.")


def test_ctrl_c_ends_the_waiting_for_a_code(server, folder):
    def sleep(_):
        raise KeyboardInterrupt

    with Site(server.url) as site, pytest.raises(KeyboardInterrupt):
        by_device(site, site.register(), lambda _: None, waiting=Waiting(sleep))
    assert not folder.exists()


@pytest.mark.parametrize(
    "page", ["https://evil.example/device", "javascript:alert(1)", "http://127.0.0.1:1/device", "{url}/\x1b[2J"]
)
def test_nobody_is_sent_to_another_server(scripted, page):
    answers, site = scripted
    page = page.format(url=answers.url)
    answers._answers["POST /d"].clear()
    answers.on("POST /d", {"device_code": "the-device-code", "user_code": "U", "verification_uri": page})

    with pytest.raises(SignInError, match="Don't go there"):
        by_device(site, "c", fails)


# Out ---------------------------------------------------------------------------------------------


def test_a_person_signs_out(server, person, posts):
    sign_in(server.url, open_browser=False, tell=person().tell)
    _, tokens = kept.signed_in(server.url)

    assert sign_out(server.url)

    assert signed_in(server.url) is None
    assert posts().count("revoke") == 2
    text = kept.where(server.url).read_text()
    assert tokens.access_token.reveal() not in text
    assert tokens.refresh_token.reveal() not in text
    with Site(server.url) as site:
        assert site.username(tokens) is None
    assert not sign_out(server.url)


def test_who_signs_out_while_the_server_is_away_is_signed_out_here(have, answers):
    have(answers.url)

    with pytest.raises(SignInError, match="forgotten here, but the server could not be told"):
        sign_out(answers.url)
    assert signed_in(answers.url) is None
