import copy
import os
import pickle
import subprocess
import sys
import threading
import warnings

import pytest

import connectapi
from connectapi import AuthenticationError, Client, ConfigError, Content, NotFoundError, Secret, User

KEY = "s3cret-s3cret-s3cret"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    monkeypatch.delenv("CONNECT_SERVER", raising=False)
    monkeypatch.delenv("CONNECT_API_KEY", raising=False)


@pytest.fixture
def client(answers):
    with Client(answers.url, KEY) as made:
        yield made


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("CONNECT_SERVER", "https://colorado.rstudio.com/rsc/")
    monkeypatch.setenv("CONNECT_API_KEY", KEY)

    assert str(Client()) == (
        "\nClient(\n"
        "    connect_server='https://colorado.rstudio.com/rsc',\n"
        "    connect_api_key='XXXXXXXX',\n"
        "    api_endpoint='https://colorado.rstudio.com/rsc/__api__/v1',\n"
        ")\n"
    )


def test_arguments_win_over_the_environment(monkeypatch):
    monkeypatch.setenv("CONNECT_SERVER", "https://one.example.com")
    client = Client(connect_server="https://two.example.com", connect_api_key=KEY)

    assert client.connect_server == "https://two.example.com"
    assert client.connect_api_key.reveal() == KEY


def test_the_endpoint_can_lie_elsewhere(answers):
    answers.on("GET /v1/user", {"guid": "g"})
    client = Client("https://unused.example.com", KEY, api_endpoint=f"{answers.url}/v1")

    assert client.api_endpoint == f"{answers.url}/v1"
    assert User.whoami(client).guid == "g"
    assert answers.asked[0].path == "/v1/user"
    client.close()


@pytest.mark.parametrize("suffix", ["", "/", "/connect", "/connect/", "/__api__", "/__api__/v1", "/__api__/v1/"])
def test_a_server_is_taken_as_people_find_it(answers, suffix):
    answers.on("GET /v1/user", {"guid": "g"})
    with Client(answers.url + suffix, KEY) as client:
        assert User.whoami(client).guid == "g"

    assert answers.asked[0].path == "/__api__/v1/user"


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (None, r"CONNECT_SERVER.*CONNECT_API_KEY.*Client\(\"demo\"\)"),
        ("connect.example.com", "https://connect.example.com"),
        ("ftp://connect.example.com", "http"),
        (f"https://ada:{KEY}@connect.example.com", "https://connect.example.com"),
        ("https://connect.example.com?x=1", "https://connect.example.com"),
        ("prod", r"'prod' is no server: give its URL, such as 'https://prod.example.com', or 'demo'"),
    ],
)
def test_a_server_that_is_none_shows_the_right_form(server, expected):
    with pytest.raises(ConfigError, match=expected) as caught:
        Client(server, KEY)

    assert KEY not in str(caught.value)


def test_a_missing_key_names_both_variables_and_the_demo():
    with pytest.raises(ConfigError, match=r"CONNECT_API_KEY \(and CONNECT_SERVER\).*Client\(\"demo\"\)"):
        Client("https://connect.example.com")


def test_nothing_shows_the_key(client, answers):
    answers.on("GET /v1/user", {"code": 30, "error": "no"}, status=401)
    with pytest.raises(AuthenticationError) as caught:
        User.whoami(client)

    shown = [str(client), repr(client), str(client.connect_api_key), repr(vars(client)), str(caught.value)]
    shown += [repr(pickle.dumps(client)), repr(caught.value.__dict__)]
    assert not [text for text in shown if KEY in text]


def test_a_pickled_client_finds_its_key_where_it_is_opened(client, answers, monkeypatch):
    answers.on("GET /v1/user", {"guid": "g"})
    User.whoami(client)
    data = pickle.dumps(client)

    back = pickle.loads(data)
    with pytest.raises(ConfigError, match="no API key given for"):
        User.whoami(back)
    monkeypatch.setenv("CONNECT_API_KEY", "other")
    with pickle.loads(data) as back:
        assert User.whoami(back).guid == "g"
    assert answers.asked[-1].headers["Authorization"] == "Key other"


def test_records_keep_their_client_in_a_copy_and_leave_it_out_of_a_pickle(client, answers):
    answers.on("GET /v1/content/c", {"guid": "c", "title": "t", "new": 1})
    content = Content.get_one(client, "c")

    assert copy.copy(content).refresh() == content
    back = pickle.loads(pickle.dumps(content))
    assert back == content
    assert back.extra == {"new": 1}
    assert back.bind(client).refresh() == content


def test_collections_are_the_bound_form_of_the_classes(client, answers):
    answers.on("GET /v1/content", [{"guid": "c"}])

    assert client.content.get() == Content.get(client)
    assert "content" in dir(client)
    with pytest.raises(AttributeError, match=r"the client has no 'contents' \(did you mean 'content'\?\)"):
        _ = client.contents


def test_what_is_not_declared_can_be_called(client, answers):
    answers.on("POST /v1/odd/thing", {"ok": True})
    answer = client.request(
        "post", "v1/odd/thing", params={"a": [1, 2], "b": None}, json={"x": 1}, headers={"X-Y": "z"}
    )

    assert (answer.status, answer.json()) == (200, {"ok": True})
    assert answers.asked[0].query == {"a": "1,2"}
    assert answers.asked[0].json == {"x": 1}
    assert answers.asked[0].headers["X-Y"] == "z"
    with pytest.raises(NotFoundError, match="GET /v1/nothing: 404"):
        client.request("GET", "/v1/nothing")


@pytest.mark.parametrize(
    "path",
    ["/v1/../secret", "//evil.example.com/x", "https://evil.example.com", "/v1/a?b=c", "/v1/a#b", "/v1/a b", "/./x"],
)
def test_no_path_leads_outside_of_the_api(client, answers, path):
    with pytest.raises(ValueError, match="is not a path below the API"):
        client.request("GET", path)

    assert answers.asked == []


def test_the_version_is_asked_once_and_may_be_hidden(client, answers):
    answers.on("GET /server_settings", b"<html>hidden</html>")
    assert client.server_version() is None
    answers._answers.clear()
    answers.on("GET /server_settings", {"version": "2026.06.0"})

    assert client.server_version() == "2026.06.0"
    assert client.server_version() == "2026.06.0"
    assert answers.calls() == ["GET /server_settings"] * 2


def test_a_deprecated_call_warns_where_the_user_wrote_it(client, answers):
    answers.on("GET /v1/user", {"guid": "g"}, headers={"X-Deprecated-Endpoint": "/v1/me"})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        User.whoami(client)

    (warning,) = caught
    assert warning.category is DeprecationWarning
    assert "/v1/me" in str(warning.message)
    assert warning.filename == __file__


def test_one_client_serves_many_threads(client, answers):
    answers.on("GET /v1/content/a", {"guid": "a"}).on("GET /v1/content/b", {"guid": "b"})
    wrong = []

    def read(guid):
        wrong.extend(guid for _ in range(20) if Content.get_one(client, guid).guid != guid)

    threads = [threading.Thread(target=read, args=(guid,)) for guid in "abababab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert len(answers.asked) == 160


def test_a_closed_client_opens_again(client, answers):
    answers.on("GET /v1/user", {"guid": "g"})
    client.close()

    assert User.whoami(client).guid == "g"


def test_a_secret_is_a_key_too(answers):
    with Client(answers.url, Secret(KEY)) as client:
        assert client.connect_api_key == Secret(KEY)
        with pytest.raises(TypeError, match="can't be pickled"):
            pickle.dumps(client.connect_api_key)


def python(code):
    # Measuring coverage loads modules of its own into every process.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE_")}
    words = [sys.executable, "-c", code]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=50, env=environment).stdout


def test_importing_the_package_loads_nothing_but_itself():
    loaded = python("import sys, connectapi; print(*sorted(sys.modules))").split()

    heavy = {"attrs", "attr", "cattrs", "msgspec", "urllib3", "yaml", "pluggy", "click", "rich", "werkzeug", "sqlite3"}
    assert heavy & set(loaded) == set()


def test_importing_one_class_reads_its_file_and_what_that_names():
    code = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from connectapi import Content
print(*sorted(name.rsplit("/", 1)[-1] for name in opened if name.endswith(".yaml")))
assert not [name for name in sys.modules if name.split(".")[0] in {"urllib3", "click", "werkzeug"}]
"""
    read = python(code).split()

    assert "content.yaml" in read
    assert not {"audit_log.yaml", "group.yaml", "host.yaml", "schedule.yaml", "server_settings.yaml"} & set(read)


def test_dir_shows_every_class_and_help_every_field():
    assert {"Client", "Content", "User", "ContentOwner", "NotFoundError"} <= set(dir(connectapi))
    assert "Stable" in (User.__doc__ or "") or "guid" in (User.__doc__ or "")
    assert all(getattr(connectapi, name) for name in dir(connectapi))
    with pytest.raises(AttributeError, match=r"no resource is called 'Contnt' \(did you mean 'Content'\?\)"):
        _ = connectapi.Contnt
    with pytest.raises(AttributeError, match="has no attribute 'content'"):
        _ = connectapi.content


@pytest.mark.parametrize("number", [0, -1, True, 2.5, "8", None])
def test_a_concurrency_that_is_no_number_of_requests_is_refused(number):
    with pytest.raises(ValueError, match="concurrency: expected a whole number, 1 or more, found"):
        Client("http://127.0.0.1:1", "k", concurrency=number)


def test_the_concurrency_survives_a_pickle(monkeypatch):
    monkeypatch.setenv("CONNECT_API_KEY", "k")
    assert pickle.loads(pickle.dumps(Client("http://127.0.0.1:1", "k", concurrency=3))).concurrency == 3


def test_no_collection_takes_the_place_of_what_a_client_has():
    from connectapi.spec.check import OF_THE_CLIENT

    assert {name for name in dir(Client) if not name.startswith("_")} == OF_THE_CLIENT
