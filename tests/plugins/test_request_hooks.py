import io
import pickle
import sys

import attrs
import pytest

from connectapi import Client, ConfigError, NotFoundError, PluginError, hookimpl
from connectapi.http.auth import NoAuth
from connectapi.http.values import Headers, Response


@pytest.fixture
def client_with(answers):
    """A client of a server that answers what the test says, with some plugins."""
    clients = []

    def make(*plugins):
        clients.append(Client(answers.url, "0123456789abcdef0123456789abcdef", plugins=plugins, retries=0))
        return clients[-1]

    yield make
    for each in clients:
        each.close()


def adding(letter):
    def before_request(request):
        return request.with_headers(Headers({"X-Way": request.headers.get("X-Way", "") + letter}))

    return before_request


def test_each_plugin_is_given_the_request_as_the_one_before_it_has_made_it(answers, client_with, plugin):
    answers.on("GET /v1/x", {})
    client = client_with(plugin("One", before_request=adding("1")), plugin("Two", before_request=adding("2")))
    client.request("GET", "/v1/x")

    assert answers.asked[0].headers["X-Way"] == "21"  # who was added last comes first


def test_a_plugin_can_ask_to_be_the_first(answers, client_with, plugin):
    class First:
        before_request = staticmethod(hookimpl(tryfirst=True)(adding("1")))

    answers.on("GET /v1/x", {})
    client_with(First, plugin("Two", before_request=adding("2"))).request("GET", "/v1/x")

    assert answers.asked[0].headers["X-Way"] == "12"


def test_answers_are_shown_in_the_opposite_order(answers, client_with, plugin):
    seen = []
    answers.on("GET /v1/x", {"a": 1})
    one = plugin("One", after_response=lambda response: seen.append(("one", response.json())))
    two = plugin("Two", after_response=lambda server, request: seen.append(("two", request.path)))
    client_with(one, two).request("GET", "/v1/x")

    assert seen == [("one", {"a": 1}), ("two", "/v1/x")]


def test_an_answer_is_shown_before_its_error_is_raised(answers, client_with, plugin):
    seen = []
    client = client_with(plugin(after_response=lambda response: seen.append(response.status)))

    with pytest.raises(NotFoundError):
        client.request("GET", "/v1/nothing")
    assert seen == [404]


def test_both_see_the_correlation_id_that_the_server_gets_and_no_key(answers, client_with, plugin):
    seen = []
    answers.on("GET /v1/x", {})
    client = client_with(
        plugin(
            before_request=lambda request: seen.append(dict(request.headers)),
            after_response=lambda request: seen.append(dict(request.headers)),
        )
    )
    client.request("GET", "/v1/x")
    ids = {each["X-Correlation-Id"] for each in seen}

    assert ids == {answers.asked[0].headers["X-Correlation-Id"]}
    assert all("Authorization" not in each for each in seen)
    assert "0123456789abcdef" not in str(seen)


def test_a_download_s_answer_is_shown_without_its_body(answers, client_with, plugin):
    seen, target = [], io.BytesIO()
    answers.on("GET /v1/content/g/bundles/7/download", b"the bundle")
    client = client_with(plugin(after_response=lambda response: seen.append((response.status, response.body))))
    client.bundles.download("7", content_guid="g", to=target)

    assert (seen, target.getvalue()) == ([(200, b"")], b"the bundle")


@pytest.mark.parametrize("hook", ["before_request", "after_response"])
def test_what_fails_is_named(answers, client_with, plugin, hook):
    answers.on("GET /v1/x", {})
    fine = plugin("Fine", **{hook: lambda request: None})
    bad = plugin("Bad", **{hook: lambda request: 1 / 0})

    with pytest.raises(PluginError, match=rf"plugin 'Bad': its {hook} failed with ZeroDivisionError"):
        client_with(fine, bad).request("GET", "/v1/x")


def test_a_request_that_is_none_is_refused(client_with, plugin):
    with pytest.raises(PluginError, match="plugin 'Bad': its before_request returned 7; expected a Request or None"):
        client_with(plugin("Bad", before_request=lambda: 7)).request("GET", "/v1/x")


def around(letter, log):
    def wrap_send(send):
        def sent(request, options):
            log.append(f"{letter} in")
            try:
                return send(request, options)
            finally:
                log.append(f"{letter} out")

        return sent

    return wrap_send


def test_the_plugin_that_was_added_last_is_wrapped_around_the_others(answers, client_with, plugin):
    log = []
    answers.on("GET /v1/x", {})
    client = client_with(plugin("One", wrap_send=around("1", log)), plugin("Two", wrap_send=around("2", log)))
    client.request("GET", "/v1/x")

    assert log == ["2 in", "1 in", "1 out", "2 out"]


def test_a_wrapper_can_answer_itself(answers, client_with, plugin):
    answers.on("GET /v1/x", {"n": 1}, {"n": 2})

    def wrap_send(send):
        kept = {}

        def cached(request, options):
            if request.path not in kept:
                kept[request.path] = send(request, options)
            return kept[request.path]

        return cached

    client = client_with(plugin(wrap_send=wrap_send))

    assert [client.request("GET", "/v1/x").json() for _ in range(3)] == [{"n": 1}] * 3
    assert len(answers.asked) == 1


def test_a_wrapper_sees_the_limits_of_the_call_and_its_error(answers, client_with, plugin):
    seen = []

    def wrap_send(server, send):
        def sent(request, options):
            try:
                return send(request, options)
            except NotFoundError as error:
                seen.append((options.read_timeout, error.status))
                raise

        return sent

    with pytest.raises(NotFoundError):
        client_with(plugin(wrap_send=wrap_send)).with_options(read_timeout=7).request("GET", "/v1/nothing")
    assert seen == [(7, 404)]


def test_a_wrapper_that_fails_is_named_and_what_is_not_its_fault_is_not_put_on_it(answers, client_with, plugin):
    class NoToken(NoAuth):
        def flow(self, request):
            raise LookupError("no token")
            yield request

    def failing(send):
        return lambda request, options: {}["x"]

    with pytest.raises(PluginError, match="plugin 'Bad': its wrap_send failed with KeyError"):
        client_with(plugin("Bad", wrap_send=failing), plugin("Fine", wrap_send=around("1", []))).request("GET", "/v1/x")
    with pytest.raises(LookupError, match="no token"):
        client_with(plugin(wrap_send=around("1", []), choose_auth=NoToken)).request("GET", "/v1/x")


def test_what_is_no_answer_is_refused(client_with, plugin):
    bad = plugin("Bad", wrap_send=lambda send: lambda request, options: {"status": 200})

    with pytest.raises(PluginError, match=r"plugin 'Bad': its wrap_send returned .*expected a function that returns"):
        client_with(bad).request("GET", "/v1/x")


def test_an_error_of_our_own_comes_out_of_a_hook_as_it_is(client_with, plugin):
    def before_request():
        raise ConfigError("no calls on Sundays")

    with pytest.raises(ConfigError, match="no calls on Sundays"):
        client_with(plugin(before_request=before_request)).request("GET", "/v1/x")


def test_a_task_s_progress_is_told_to_every_plugin(answers, client_with, plugin):
    answers.on(
        "GET /v1/tasks/t",
        {"id": "t", "output": ["a", "b"], "finished": False, "last": 2},
        {"id": "t", "output": ["c"], "finished": True, "last": 3, "code": 0},
    )
    told = []
    one = plugin("One", after_progress=lambda task, lines: told.append(("one", task.finished, lines)))
    two = plugin("Two", after_progress=lambda lines: told.append(("two", lines)))
    client = client_with(one, two)
    client.catalog.record("Task")(id="t").bind(client).wait(hold=0)

    assert told == [("one", False, ["a", "b"]), ("two", ["a", "b"]), ("one", True, ["c"]), ("two", ["c"])]


def test_who_can_not_look_at_progress_is_named(answers, client_with, plugin):
    answers.on("GET /v1/tasks/t", {"id": "t", "output": ["a"], "finished": True, "last": 1})
    client = client_with(plugin("Bad", after_progress=lambda lines: lines[5]))

    with pytest.raises(PluginError, match="plugin 'Bad': its after_progress failed with IndexError"):
        client.catalog.record("Task")(id="t").bind(client).wait(hold=0)


def test_plugins_are_those_of_one_client_alone(answers, client_with, plugin):
    answers.on("GET /v1/x", {})
    with_it, without = client_with(plugin(before_request=adding("1"))), client_with()
    with_it.request("GET", "/v1/x")
    without.request("GET", "/v1/x")

    assert ["X-Way" in each.headers for each in answers.asked] == [True, False]
    assert with_it.catalog is without.catalog  # no class is another because of a hook


class Marked:
    """A plugin that a pickle can hold."""

    @hookimpl
    def before_request(self, request):
        return attrs.evolve(request, headers={**request.headers, "X-Way": "pickled"})


def test_a_pickled_client_keeps_its_plugins(answers, client_with, monkeypatch):
    monkeypatch.setenv("CONNECT_API_KEY", "0123456789abcdef0123456789abcdef")
    answers.on("GET /v1/x", {})
    monkeypatch.setitem(sys.modules, Marked.__module__, sys.modules.get(Marked.__module__) or sys.modules[__name__])
    with pickle.loads(pickle.dumps(client_with(Marked()))) as copy:
        copy.request("GET", "/v1/x")

    assert answers.asked[0].headers["X-Way"] == "pickled"


def calls_of(client, path):
    """How many Python functions of ours one call runs through."""
    count = 0

    def look(frame, event, argument):
        nonlocal count
        if event == "call" and "connectapi" in frame.f_code.co_filename and "tests" not in frame.f_code.co_filename:
            names.append(f"{frame.f_code.co_filename.rpartition('connectapi/')[2]}:{frame.f_code.co_name}")
            count += 1

    names = []
    client.request("GET", path)
    sys.setprofile(look)
    try:
        client.request("GET", path)
    finally:
        sys.setprofile(None)
    return names


def test_a_call_runs_through_no_code_of_plugins_unless_one_cares_for_it(answers, client_with, plugin):
    answers.on("GET /v1/x", {})
    other = plugin(choose_server=lambda name: None, after_progress=lambda: None)
    plain = calls_of(client_with(), "/v1/x")

    assert not [name for name in plain if name.startswith("plugins/")]
    assert len(calls_of(client_with(other), "/v1/x")) == len(plain)
    assert [name for name in calls_of(client_with(Marked()), "/v1/x") if name.startswith("plugins/")]


def test_a_response_can_be_made_by_a_plugin(client_with, plugin):
    made = plugin(wrap_send=lambda send: lambda request, options: Response(status=200, body=b'{"made": true}'))

    assert client_with(made).request("GET", "/v1/x").json() == {"made": True}
