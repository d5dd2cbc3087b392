import json

import pytest

from connectapi.errors import ConfigError, PluginError
from connectapi.http.auth import ApiKeyAuth
from connectapi.plugins import builtin
from connectapi.plugins.hookspecs import hookimpl
from connectapi.plugins.manager import Plugins
from connectapi.spec.index import builtin_folder
from connectapi.types import Secret


def plugins(**given):
    made = Plugins()
    made.add("connectapi", builtin)
    for name, plugin in given.items():
        made.add(name, plugin)
    return made


def plugin(**hooks):
    return type("Plugin", (), {name: staticmethod(hookimpl(function)) for name, function in hooks.items()})


def test_what_is_built_in_registers_by_the_same_hooks():
    made = plugins()

    assert [(each.path, each.owner) for each in made.folders()] == [(builtin_folder(), "connectapi")]
    assert isinstance(made.auth("https://x", Secret("k")), ApiKeyAuth)
    assert made.auth("https://x", None) is None
    assert made.server("demo") is None


def test_folders_know_the_plugin_they_come_from(tmp_path):
    made = plugins(
        mine=plugin(register_resources=lambda register: [register(tmp_path / "a"), register(tmp_path / "b")])
    )

    assert [(each.path.name, each.owner) for each in made.folders()][-2:] == [("a", "mine"), ("b", "mine")]


def test_a_plugin_s_auth_comes_before_the_built_in_one():
    own = object()
    made = plugins(mine=plugin(choose_auth=lambda server: own if "mine" in server else None))

    assert made.auth("https://mine", Secret("k")) is own
    assert isinstance(made.auth("https://other", Secret("k")), ApiKeyAuth)


def test_a_hook_that_fails_names_its_plugin():
    def choose_auth(server):
        raise KeyError(server)

    made = plugins(fine=plugin(choose_server=lambda name: None), bad=plugin(choose_auth=choose_auth))

    with pytest.raises(PluginError, match=r"plugin 'bad': its hook failed with KeyError: 'https://x'"):
        made.auth("https://x", None)


def test_an_error_of_our_own_goes_through_a_hook_as_it_is():
    def choose_server(name):
        raise ConfigError("say what to do")

    with pytest.raises(ConfigError, match="say what to do"):
        plugins(bad=plugin(choose_server=choose_server)).server("x")


def test_a_hook_that_there_is_none_of_is_refused_when_the_plugin_is_added():
    with pytest.raises(PluginError, match=r"plugin 'odd': does not fit: unknown hook 'choose_color'"):
        plugins(odd=plugin(choose_color=lambda: 1))


def test_an_argument_that_the_hook_does_not_have_is_refused_when_the_plugin_is_added():
    with pytest.raises(PluginError, match=r"plugin 'odd': does not fit"):
        plugins(odd=plugin(choose_auth=lambda colour: 1))


def test_what_has_no_hash_is_refused_when_it_is_added():
    with pytest.raises(PluginError, match="plugin 'odd': does not fit: unhashable type"):
        plugins(odd=[])


def test_a_name_can_be_taken_once():
    with pytest.raises(PluginError, match="plugin 'connectapi': does not fit"):
        plugins().add("connectapi", plugin(choose_auth=lambda: None))


WIDGET = """\
name: Widget
collection: widgets
path: /v1/widgets
key: guid
doc: "A thing."
fields: {guid: guid, title: {type: str, write: always}}
methods: {get: {page: offset}, get_one: {}, create: {}, update: {}, delete: {}}
"""


def test_an_installed_plugin_s_resources_are_classes_like_any_other(installed):
    folder = installed(
        "connect_widgets",
        """
        from pathlib import Path
        from connectapi import hookimpl

        @hookimpl
        def register_resources(register):
            register(Path(__file__).parent / "specs")
        """,
    )
    (folder / "specs").mkdir()
    (folder / "specs" / "widget.yaml").write_text(WIDGET, encoding="utf-8")
    done = installed.run("""
        import pickle, connectapi
        from connectapi.resources import Widget
        from connectapi import Client
        assert pickle.loads(pickle.dumps(Widget(guid="g"))) == Widget(guid="g")
        print(Client("http://127.0.0.1:9", "k").widgets, "Widget" in dir(connectapi))
    """)

    assert (done.stdout, done.stderr) == ("<WidgetCollection> True\n", "")


def test_a_plugin_that_cant_be_loaded_is_named_with_its_package(installed):
    installed("connect_broken", "raise RuntimeError('no luck')")
    code = "from connectapi import Content"
    done = installed.run(code)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "connectapi.errors.PluginError: plugin 'connect_broken (of connect_broken 1.2)': can't be loaded from "
        "'connect_broken': RuntimeError: no luck; to go on without it, set CONNECTAPI_DISABLE_PLUGINS=connect_broken"
    )
    assert installed.run(code, CONNECTAPI_DISABLE_PLUGINS="other, connect_broken").returncode == 0
    assert installed.run(code, CONNECTAPI_DISABLE_PLUGINS="*").returncode == 0


def test_two_plugins_that_declare_the_same_are_both_named(installed):
    for name in ("connect_one", "connect_two"):
        folder = installed(
            name,
            f"""
            from pathlib import Path
            from connectapi import hookimpl

            @hookimpl
            def register_resources(register):
                register(Path(__file__).parent / "{name}_specs")
            """,
        )
        (folder / f"{name}_specs").mkdir()
        (folder / f"{name}_specs" / "widget.yaml").write_text(WIDGET, encoding="utf-8")
    done = installed.run("from connectapi import Content")

    assert "connect_one" in done.stderr.splitlines()[-1]
    assert "connect_two" in done.stderr.splitlines()[-1]


def test_a_plugin_that_is_both_installed_and_given_counts_once():
    mine = plugin(choose_server=lambda name: None)

    assert plugins(mine=mine).joined([mine]).names() == ["connectapi", "mine"]


def test_two_given_plugins_of_one_name_are_refused():
    one, two = plugin(choose_server=lambda name: None), plugin(choose_auth=lambda: None)

    with pytest.raises(PluginError, match="plugin 'Plugin': does not fit"):
        plugins().joined([one, two])


def test_a_hook_that_we_call_one_by_one_cant_wrap_those_of_others():
    class Around:
        @hookimpl(wrapper=True)
        def before_request(self):
            return (yield)

    with pytest.raises(PluginError, match="before_request can't be a wrapper"):
        plugins(around=Around())


def test_plugins_are_listed_with_what_they_bring_or_why_they_are_not_used(installed):
    code = """
        from pathlib import Path
        from connectapi import hookimpl

        @hookimpl
        def register_resources(register):
            register(Path(__file__).parent / "specs")
    """
    folder = installed("connect_widgets", code)
    installed("connect_off", "raise RuntimeError('never loaded')")
    installed("connect_broken", "raise RuntimeError('no luck')")
    (folder / "specs").mkdir()
    (folder / "specs" / "widget.yaml").write_text(WIDGET, encoding="utf-8")
    done = installed.run("", words=["plugins", "list", "--json"], CONNECTAPI_DISABLE_PLUGINS="connect_off")
    found = {each["name"]: each for each in json.loads(done.stdout)}

    assert list(found)[:2] == ["connectapi", "connectapi-demo"]
    assert found["connect_widgets"] == {
        "name": "connect_widgets",
        "distribution": "connect_widgets",
        "version": "1.2",
        "state": "on",
        "hooks": ["register_resources"],
        "resources": ["Widget"],
        "extends": [],
    }
    assert found["connect_off"]["state"] == "off"
    assert "RuntimeError: no luck" in found["connect_broken"]["state"]
    assert found["connect_broken"]["state"].startswith("broken: ")
    assert "Content" in found["connectapi"]["resources"]


def test_the_table_of_plugins_names_them(command_line):
    done = command_line("plugins", "list")

    assert done.stdout.split("\n")[0].split() == ["name", "distribution", "version", "state", "hooks", "resources"]
    assert "choose_server" in done.stdout
