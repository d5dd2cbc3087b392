"""How a client's limits are set: for all calls, for some, and for the length of a block."""

import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectapi import Client, Content, NotFoundError, RetryPolicy, ServerError, TimeoutError, TransportError, hookimpl
from connectapi.plugins.manager import installed_plugins

KEY = "s3cret-s3cret-s3cret"
SOON = RetryPolicy(first_delay=0.001)


@pytest.fixture
def client(answers):
    with Client(answers.url, KEY, retries=SOON) as made:
        yield made


def unavailable(asked):
    return {"error": "try later"}


def silent(event):
    def answer(asked):
        event.wait(5)
        return {}

    return answer


@pytest.fixture
def released():
    event = threading.Event()
    yield event
    event.set()


def test_a_client_tries_again_unless_told_not_to(answers):
    answers.on("GET /v1/content/a", unavailable, status=503)
    for retries, tried in ((0, 1), (2, 3), (SOON, 4)):
        answers.asked.clear()
        with Client(answers.url, KEY, retries=retries) as client, pytest.raises(ServerError):
            client.content.get_one("a")
        assert len(answers.asked) == tried


def test_some_calls_can_have_other_limits(client, answers):
    answers.on("GET /v1/content/a", unavailable, status=503)

    with pytest.raises(ServerError):
        client.with_options(retries=0).content.get_one("a")
    assert len(answers.asked) == 1
    with pytest.raises(ServerError):
        Content.get_one(client, "a")
    assert len(answers.asked) == 5


def test_a_record_goes_on_with_the_limits_that_it_was_read_with(client, answers):
    answers.on("GET /v1/content/a", {"guid": "a"}).on("GET /v1/content/a/bundles", unavailable, status=503)
    content = client.with_options(retries=0).content.get_one("a")
    answers.asked.clear()

    with pytest.raises(ServerError):
        content.bundles.get()
    assert len(answers.asked) == 1


def test_a_client_with_other_limits_shares_the_connections_and_needs_no_closing(client, answers):
    answers.on("GET /v1/content/a", {"guid": "a"})
    client.content.get_one("a")
    with client.with_options(timeout=5) as other:
        other.content.get_one("a")
    assert other._shared is client._shared
    transport = client._shared.transport
    client.content.get_one("a")
    assert client._shared.transport is transport
    assert (str(other), repr(other)) == (str(client), repr(client))


@pytest.mark.parametrize("wrong", [{"timeout": 0}, {"retries": -1}, {"connect_timeout": -1}, {"max_body": 0}])
def test_a_limit_that_is_none_is_refused(client, answers, wrong):
    with pytest.raises(ValueError, match="is "):
        client.with_options(**wrong)
    with pytest.raises(ValueError, match="is "):
        Client(answers.url, KEY, **wrong)


def test_a_client_has_connections(answers):
    with pytest.raises(ValueError, match="connections: expected a whole number, 1 or more, found 0"):
        Client(answers.url, KEY, connections=0)


def test_a_pickle_keeps_the_limits_and_no_secret(answers, monkeypatch):
    answers.on("GET /v1/content/a", unavailable, status=503)
    monkeypatch.setenv("CONNECT_API_KEY", KEY)
    client = Client(answers.url, KEY, retries=1, timeout=7.5, max_body=1000, connections=3)
    with client.with_options(read_timeout=2.5).deadline(60) as hurried:
        pickled = pickle.dumps(hurried)

    assert KEY.encode() not in pickled
    with pickle.loads(pickled) as opened:
        assert (opened._options.timeout, opened._options.read_timeout, opened._options.max_body) == (7.5, 2.5, 1000)
        assert opened._connections == 3
        assert opened.time_left() == float("inf")
        with pytest.raises(ServerError):
            opened.content.get_one("a")
    assert len(answers.asked) == 2


# Deadlines --------------------------------------------------------------------------------------


def test_a_deadline_holds_for_all_pages_of_a_list(client, answers, released):
    page = {"results": [{"guid": str(number)} for number in range(2)], "current_page": 1, "total": 6}
    answers.on("GET /v1/users", page, silent(released))

    with client.deadline(0.3) as hurried:
        users = hurried.users.iter(page_size=2)
        assert [next(users).guid, next(users).guid] == ["0", "1"]
        with pytest.raises(TimeoutError, match=r"was not done within 0\.3 s \(client\.deadline\(\)\)"):
            next(users)


def test_a_deadline_holds_for_a_task_that_is_followed(client, answers):
    answers.on("GET /v1/tasks/t", {"id": "t", "finished": False, "output": [], "last": 0})

    with client.deadline(0.3) as hurried, pytest.raises(TimeoutError, match=r"within 0\.3 s"):
        hurried.tasks.get_one("t").wait()


def test_a_task_on_a_silent_server_is_waited_for_as_long_as_was_said(client, answers, released, monkeypatch):
    monkeypatch.setattr("connectapi.query.tasks._LAST_LOOK", 0.1)
    answers.on("GET /v1/tasks/t", {"id": "t", "finished": False, "output": [], "last": 0}, silent(released))

    with pytest.raises(TimeoutError, match=r"task t still runs after 0\.2 s"):
        client.tasks.get_one("t").wait(timeout=0.2)


def test_a_deadline_holds_for_a_download(client, answers, released, tmp_path):
    answers.on("GET /v1/content/a/bundles/1/download", silent(released))

    with client.deadline(0.2) as hurried, pytest.raises(TimeoutError, match=r"within 0\.2 s"):
        hurried.bundles.download("1", content_guid="a", to=tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_deadline_goes_with_the_client_into_threads_and_nowhere_else(client, answers, released):
    answers.on("GET /v1/content/slow", silent(released)).on("GET /v1/content/a", {"guid": "a"})
    with client.deadline(0.2) as hurried, ThreadPoolExecutor(2) as pool:
        late = pool.submit(hurried.content.get_one, "slow")
        with pytest.raises(TimeoutError):
            late.result()
        with pytest.raises(TimeoutError):
            hurried.content.get_one("a")
        assert client.content.get_one("a").guid == "a"


def test_a_generator_that_was_started_in_a_block_leaves_its_deadline_there(client, answers):
    answers.on("GET /v1/content/a", {"guid": "a"})

    def reading():
        with client.deadline(0.001) as hurried:
            yield hurried

    hurried = next(generator := reading())
    assert client.content.get_one("a").guid == "a"
    assert client.time_left() == float("inf")
    assert hurried.time_left() < 1
    generator.close()


def test_after_the_block_records_go_on_without_the_deadline(client, answers):
    answers.on("GET /v1/content/a", {"guid": "a", "title": "t"}).on("PATCH /v1/content/a", {"guid": "a", "title": "u"})
    with client.deadline(60) as hurried:
        assert 0 < hurried.time_left() <= 60
        content = hurried.content.get_one("a")
    assert hurried.time_left() == float("inf")
    assert content.update(title="u").title == "u"


def test_a_client_without_its_deadline_can_tidy_up_after_it(client, answers):
    answers.on("GET /v1/content/a", {"guid": "a"}).on("DELETE /v1/content/a", status=204)
    with client.deadline(0.5) as hurried:
        content = hurried.content.get_one("a")
        hurried._options.deadline._ends = 0
        with pytest.raises(TimeoutError):
            content.delete()
        content.bind(hurried.without_deadline()).delete()
    assert answers.calls()[-1] == "DELETE /v1/content/a"


# Plugins ----------------------------------------------------------------------------------------


class Never:
    budget = 0.0

    def delay(self, failure):
        return None


class Chooser:
    def __init__(self, server):
        self.server = server

    @hookimpl
    def choose_retries(self, server):
        return Never() if server == self.server else None


@pytest.fixture
def chooser(answers):
    plugins = installed_plugins()
    plugins.add("chooser", plugin := Chooser(answers.url))
    yield plugin
    plugins._manager.unregister(plugin)


def test_a_plugin_can_decide_what_is_tried_again(answers, chooser):
    answers.on("GET /v1/content/a", unavailable, status=503)
    with Client(answers.url, KEY) as client, pytest.raises(ServerError):
        client.content.get_one("a")
    assert len(answers.asked) == 1


def test_what_a_client_is_told_wins_over_a_plugin(answers, chooser):
    answers.on("GET /v1/content/a", unavailable, status=503)
    with Client(answers.url, KEY, retries=SOON) as client, pytest.raises(ServerError):
        client.content.get_one("a")
    assert len(answers.asked) == 4


def test_an_error_that_is_none_of_retries_is_as_it_was(client, answers):
    with pytest.raises(NotFoundError) as caught:
        client.content.get_one("nowhere")
    assert len(caught.value.attempts) == 1
    assert isinstance(pickle.loads(pickle.dumps(TransportError("x", unsent=True))).unsent, bool)
