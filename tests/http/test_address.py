import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectapi.errors import ConfigError
from connectapi.http.address import Address

SEED = Address("https://colorado.rstudio.com/rsc", "https://colorado.rstudio.com/rsc/__api__/v1")


@pytest.mark.parametrize(
    "text",
    [
        "https://colorado.rstudio.com/rsc",
        "https://colorado.rstudio.com/rsc/",
        "https://colorado.rstudio.com//rsc//",
        "https://colorado.rstudio.com/rsc/connect",
        "https://colorado.rstudio.com/rsc/connect/",
        "https://colorado.rstudio.com/rsc/connect/#/apps/241fe2cd/access?x=1",
        "https://colorado.rstudio.com/rsc/#/content/listing",
        "https://colorado.rstudio.com/rsc/__api__",
        "https://colorado.rstudio.com/rsc/__api__/v1/",
        "https://colorado.rstudio.com/rsc/__api__/v1/content",
        "HTTPS://Colorado.RStudio.COM:443/rsc",
    ],
)
def test_a_pasted_url_becomes_the_address_of_the_server(text):
    assert Address.parse(text) == SEED


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("https://host", "https://host"),
        ("http://localhost:3939/", "http://localhost:3939"),
        ("http://host:80", "http://host"),
        ("http://host:443", "http://host:443"),
        ("https://host:", "https://host"),
        ("https://[::1]:3939/rsc", "https://[::1]:3939/rsc"),
        ("https://connect_1:3939", "https://connect_1:3939"),
        ("https://host./", "https://host."),
        ("https://münchen.example/größe", "https://xn--mnchen-3ya.example/gr%C3%B6%C3%9Fe"),
        ("https://host/connect/dev", "https://host/connect/dev"),
        ("https://host/connect/connect/#/apps", "https://host/connect"),
    ],
)
def test_the_server_has_one_normal_form(text, server):
    assert Address.parse(text) == Address(server, f"{server}/__api__/v1")


def test_a_server_that_lies_at_connect_is_given_with_its_api():
    assert Address.parse("https://host/connect/__api__").server == "https://host/connect"


def test_an_endpoint_of_ones_own_wins():
    address = Address.parse("https://host/rsc", "http://127.0.0.1:4010/v1/")

    assert address == Address("https://host/rsc", "http://127.0.0.1:4010/v1")
    assert address.origin == "http://127.0.0.1:4010"


@pytest.mark.parametrize(
    ("endpoint", "server"),
    [
        ("http://127.0.0.1:4010/v1", "http://127.0.0.1:4010"),
        ("https://host/rsc/__api__/v1", "https://host/rsc"),
        ("https://gateway/a/b", "https://gateway/a"),
    ],
)
def test_an_endpoint_alone_says_where_the_server_is(endpoint, server):
    assert Address.parse(None, endpoint) == Address(server, endpoint)
    assert Address.parse("", endpoint) == Address(server, endpoint)


@pytest.mark.parametrize(
    ("endpoint", "path", "url"),
    [
        ("https://h/rsc/__api__/v1", "/v1/content/abc", "https://h/rsc/__api__/v1/content/abc"),
        ("https://h/rsc/__api__/v1", "/v1", "https://h/rsc/__api__/v1"),
        ("https://h/rsc/__api__/v1", "/server_settings", "https://h/rsc/__api__/server_settings"),
        ("https://h/rsc/__api__/v1", "/v1x/content", "https://h/rsc/__api__/v1x/content"),
        ("http://127.0.0.1:4010/v1", "/v1/user", "http://127.0.0.1:4010/v1/user"),
        ("http://127.0.0.1:4010/v1", "/server_settings", "http://127.0.0.1:4010/server_settings"),
        ("http://gateway/connect-one", "/v1/user", "http://gateway/connect-one/user"),
    ],
)
def test_version_1_lies_below_the_endpoint_and_the_rest_beside_it(endpoint, path, url):
    assert Address.parse(None, endpoint).url(path) == url


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("colorado.rstudio.com/rsc", "has no scheme: write it as 'https://colorado.rstudio.com/rsc'"),
        ("localhost:3939", "has no scheme: write it as 'https://localhost:3939'"),
        ("/rsc", "has no scheme: write it like"),
        ("ftp://host", "'ftp' instead of 'https' or 'http'"),
        ("https://", "no valid host"),
        ("https:///rsc", "no valid host"),
        ("https://host..name", "no valid host"),
        ("https://-host", "no valid host"),
        ("https://ho%41st", "no valid host"),
        ("https://[::1", "no valid host"),
        ("https://" + "ü" * 80, "no valid host"),
        ("https://host:port", "no valid host or port"),
        ("https://host:99999", "no valid host or port"),
        ("https://host:0", "no valid port"),
        ("https://host/rsc?a=b", "has a query"),
        ("https://host /rsc", "a space"),
        (" https://host", "a space"),
        ("https://host\n", "a space, a line break"),
        ("https://host\u2028", "a space, a line break"),
        ("https://host\\@evil", "a backslash"),
        ("https://ho\x00st", "control character"),
    ],
)
def test_what_can_be_no_server_is_said_with_the_right_form(text, fault):
    with pytest.raises(ConfigError) as caught:
        Address.parse(text)
    assert str(caught.value).startswith("CONNECT_SERVER ")
    assert fault in str(caught.value)
    assert "https://" in str(caught.value)


@pytest.mark.parametrize(
    "endpoint", ["127.0.0.1:4010/v1", "http://127.0.0.1:4010", "https://host/__api__", "https://h/v1#x", "x"]
)
def test_an_endpoint_is_the_url_of_a_version(endpoint):
    with pytest.raises(ConfigError, match=r"api_endpoint .*'http"):
        Address.parse("https://host", endpoint)


@pytest.mark.parametrize("given", [(None,), ("",), (None, None), ("", "")])
def test_no_server_at_all_says_what_to_set(given):
    with pytest.raises(ConfigError, match="set CONNECT_SERVER"):
        Address.parse(*given)


@pytest.mark.parametrize(
    "text",
    [
        "https://user:hunter2@host/rsc",
        "ftp://user:hunter2@host/rsc",
        "https://user:hunt er2@host",
        "https://user:hunter2@[",
        "https://host/rsc?api_key=hunter2",
        "https://user:hunter2/x@host:port",
        "https://hunter2@host",
    ],
)
def test_a_password_is_never_echoed(text):
    with pytest.raises(ConfigError) as caught:
        Address.parse(text)
    assert "hunter2" not in str(caught.value)
    assert "hunt er2" not in str(caught.value)


def test_an_api_key_in_the_place_of_the_server_is_not_echoed():
    key = "aB3" * 10 + "xy"
    with pytest.raises(ConfigError, match="a text of 32 characters") as caught:
        Address.parse(key)
    assert key not in str(caught.value)


NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True)
SERVERS = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["https", "http", "HTTP"]),
    st.lists(NAMES, min_size=1, max_size=3).map(".".join) | st.just("[::1]"),
    st.sampled_from(["", ":80", ":443", ":3939"]),
    st.lists(st.sampled_from(["/rsc", "/", "/Connect-2", "/a%20b", "/é", "/~x"]), max_size=4).map("".join),
    st.sampled_from(["", "/connect", "/connect/", "/connect/#/apps", "/__api__", "/__api__/v1/", "/__api__/x"]),
)


@settings(max_examples=25, deadline=None)
@given(SERVERS)
def test_an_address_given_back_is_the_same_address(text):
    address = Address.parse(text)

    assert Address.parse(address.server) == address
    assert Address.parse(address.api_endpoint) == address
    assert Address.parse(None, address.api_endpoint) == address
    assert Address.parse(address.server, address.api_endpoint) == address
    assert address.url("/v1/x").startswith(address.origin + "/")


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40) | st.text(max_size=20).map("https://{}".format))
def test_any_text_is_an_address_or_a_config_error(text):
    try:
        address = Address.parse(text)
    except ConfigError:
        return
    assert Address.parse(address.api_endpoint) == address


def test_the_address_comes_without_urllib3():
    code = "import sys, connectapi.http.address, connectapi.http.auth; sys.exit('urllib3' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
