"""Hooks whose first answer wins, with two plugins at once."""

import pytest

from connectapi import RetryPolicy
from connectapi.errors import PluginError
from connectapi.plugins.hookspecs import hookimpl

#: Each such hook: how it is asked, and an answer that fits.
CHOICES = {
    "choose_auth": (lambda plugins: plugins.auth("https://x", None), object),
    "choose_server": (lambda plugins: plugins.server("x"), object),
    "choose_retries": (lambda plugins: plugins.retries("https://x"), RetryPolicy),
}

each_choice = pytest.mark.parametrize(
    ("hook", "ask", "answer"), [pytest.param(name, *each, id=name) for name, each in CHOICES.items()]
)


@each_choice
def test_the_plugin_that_was_added_last_is_asked_first_and_then_no_other(plugin, plugins, hook, ask, answer):
    asked, own = [], answer()
    one = plugin(**{hook: lambda: asked.append("one")})
    two = plugin(**{hook: lambda: [asked.append("two"), own][1]})

    assert ask(plugins(one=one, two=two)) is own
    assert asked == ["two"]


@each_choice
def test_one_that_has_no_answer_leaves_it_to_the_next(plugin, plugins, hook, ask, answer):
    own = answer()
    silent = (plugin(**{hook: lambda: None}) for _ in range(3))

    assert ask(plugins(one=plugin(**{hook: lambda: own}), two=next(silent))) is own
    assert ask(plugins(one=next(silent), two=next(silent))) is None


@each_choice
def test_a_plugin_can_ask_to_be_the_first_or_the_last(plugin, plugins, hook, ask, answer):
    first, second = answer(), answer()
    eager = type("Eager", (), {hook: staticmethod(hookimpl(tryfirst=True)(lambda: first))})
    shy = type("Shy", (), {hook: staticmethod(hookimpl(trylast=True)(lambda: second))})
    plain = plugin(**{hook: lambda: None})

    assert ask(plugins(eager=eager, plain=plain, shy=shy)) is first
    assert ask(plugins(shy=shy, plain=plain)) is second


@each_choice
def test_one_that_fails_is_named_and_the_others_are_not_asked(plugin, plugins, hook, ask, answer):
    asked = []
    fine, bad = plugin(**{hook: lambda: asked.append("fine")}), plugin(**{hook: lambda: {}["x"]})

    with pytest.raises(PluginError, match="plugin 'bad': its hook failed with KeyError: 'x'"):
        ask(plugins(fine=fine, bad=bad))
    assert asked == []
