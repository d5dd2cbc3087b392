import pytest

from connectapi import Client, NotFoundError, PluginError, hookimpl
from connectapi.testing import ConnectServer

TOY = """\
name: Toy
collection: toys
path: /v1/toys
key: guid
doc: "A toy."
fields: {guid: guid, name: {type: str, write: always}}
methods: {get_one: {}, create: {}}
actions:
  wind: {call: "POST /v1/toys/{toy_guid}/wind", returns: Toy}
  squeak: {call: "GET /v1/toys/{toy_guid}/squeak", returns: text}
"""


class Toys:
    """Brings a resource, and answers what no declaration can say."""

    def __init__(self, folder):
        self.folder = folder

    @hookimpl
    def register_resources(self, register):
        register(self.folder)

    @hookimpl
    def register_handlers(self, register):
        register(wind, "Toy", "wind")


def wind(call):
    toy = call.item()
    return call.records.change("Toy", call.key, {"name": toy["name"] + " (wound)"}, call.scope_or_any)


class Greeting:
    """Answers for what is built in."""

    def __init__(self, answer):
        self.answer = answer

    @hookimpl
    def register_handlers(self, register):
        register(self.answer, "User", "whoami")


@pytest.fixture
def toys(tmp_path):
    (tmp_path / "toy.yaml").write_text(TOY, encoding="utf-8")
    return Toys(tmp_path)


def test_two_plugins_handlers_answer_one_for_its_own_resource_and_one_for_a_built_in(toys):
    greeting = Greeting(lambda call: {"guid": call.caller.guid, "username": "hello"})
    with (
        ConnectServer(plugins=[toys, greeting]) as server,
        Client(server.url, server.api_key, plugins=[toys]) as client,
    ):
        made = client.toys.create(name="Duck")

        assert made.wind().name == "Duck (wound)"
        assert client.toys.get_one(made.guid).name == "Duck (wound)"
        assert client.users.whoami().username == "hello"
        assert server.unanswered == [("Toy", "squeak")]
        with pytest.raises(NotFoundError):
            client.toys.wind("00000000-0000-4000-8000-000000000000")


def test_other_servers_of_this_process_are_none_the_wiser():
    with (
        ConnectServer(plugins=[Greeting(lambda call: {"guid": "g", "username": "hello"})]),
        ConnectServer() as other,
        Client(other.url, other.api_key) as client,
    ):
        assert client.users.whoami().username != "hello"


def test_a_handler_that_fails_is_an_answer_and_the_log_names_its_plugin(caplog, answer_of):
    with ConnectServer(plugins=[Greeting(lambda call: 1 / 0)]) as server:
        status = answer_of(server, "/v1/user")

    assert status == 500
    assert "plugin 'Greeting': its handler of User.whoami failed with ZeroDivisionError" in caplog.text


@pytest.fixture
def answer_of(connect):
    return lambda server, path: connect(server.url, server.api_key).get(path).status


def test_two_plugins_that_answer_the_same_are_both_named():
    class Other(Greeting):
        pass

    with pytest.raises(PluginError, match=r"plugin 'Other': registers the handler of 'User.whoami', which the plugin"):
        ConnectServer(plugins=[Greeting(lambda call: {}), Other(lambda call: {})])


def test_a_handler_of_what_is_not_declared_is_refused():
    class Odd:
        @hookimpl
        def register_handlers(self, register):
            register(wind, "User", "whomai")

    with pytest.raises(PluginError, match=r"answers User.whomai, which nothing declares \(did you mean 'whoami'\?\)"):
        ConnectServer(plugins=[Odd()]).start()
