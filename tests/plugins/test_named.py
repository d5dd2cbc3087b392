"""Which plugins a name means."""

import pytest


@pytest.fixture
def names(installed):
    """Ask for a plugin by a name, in an environment with three of them."""
    installed("connect_widgets", "")
    installed("connect_gadgets", "")
    installed("acme_tools", "", entry="acme_tools.plugin:Tools")

    def ask(name, **environment):
        code = f"""
            from connectapi.errors import ConfigError
            from connectapi.plugins.named import named_plugins
            try:
                print([each.name for each in named_plugins({name!r})])
            except ConfigError as error:
                print(error)
        """
        return installed.run(code, **environment).stdout.strip()

    return ask


@pytest.mark.parametrize("name", ["connect_widgets", "connect-widgets", "Connect_Widgets"])
def test_a_plugin_goes_by_its_own_name_its_distribution_s_and_its_package_s(names, name):
    assert names(name) == "['connect_widgets']"


def test_a_plugin_that_is_an_object_goes_by_its_package_too(names):
    assert names("acme_tools.plugin") == "['acme_tools']"


def test_a_name_of_none_says_which_there_are(names):
    assert names("connect_wigdets").startswith(
        "no installed plugin is called 'connect_wigdets' (did you mean 'connect_widgets'?)"
    )
    assert "there are: acme_tools, connect_gadgets, connect_widgets" in names("zzz")


def test_what_is_connectapi_s_own_is_no_plugin_to_make_files_for(names):
    assert names("connectapi").startswith("no installed plugin is called 'connectapi'")


def test_a_plugin_that_is_switched_off_says_so(names):
    assert names("connect_widgets", CONNECTAPI_DISABLE_PLUGINS="connect_widgets") == (
        "the plugin 'connect_widgets' is switched off: take it out of CONNECTAPI_DISABLE_PLUGINS"
    )
