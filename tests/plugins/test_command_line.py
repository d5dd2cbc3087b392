import csv
import io

import click
import pytest

from connectapi.plugins.manager import installed_plugins


@pytest.fixture
def with_plugins(monkeypatch, plugins, fresh):
    """Have these plugins beside the installed ones, and a server to call."""
    before = installed_plugins()
    monkeypatch.setenv("CONNECT_SERVER", fresh.connect_server)
    monkeypatch.setenv("CONNECT_API_KEY", fresh.connect_api_key.reveal())

    def use(*given):
        found = before.joined(given)
        monkeypatch.setattr("connectapi.plugins.manager.installed_plugins", lambda: found)

    return use


def says(name, text="hello"):
    return click.Command(name, callback=lambda: click.echo(text), help=f"Say {text}.")


def as_csv(answer):
    out = io.StringIO()
    writer = csv.DictWriter(out, ["username", "email"], extrasaction="ignore", lineterminator="\n")
    writer.writerows(answer if isinstance(answer, list) else [answer])
    return out.getvalue().rstrip("\n")


def test_two_plugins_commands_are_there_at_the_top_and_in_a_collection(command_line, with_plugins, plugin):
    @click.command("first-name")
    @click.pass_context
    def first_name(ctx):
        """Say who is calling."""
        click.echo(ctx.obj.client().users.whoami().first_name)

    with_plugins(
        plugin("One", register_commands=lambda register: register(says("hello"))),
        plugin("Two", register_commands=lambda register: register(first_name, collection="users")),
    )

    assert command_line("hello").stdout == "hello\n"
    assert command_line("users", "first-name").stdout.strip()
    assert "Say hello." in command_line("--help").stdout
    assert "Say who is calling." in command_line("users", "--help").stdout


@pytest.mark.parametrize(
    ("command", "where", "reason"),
    [
        ("content", "", "registers the command 'content', which there is already"),
        ("serve", "", "registers the command 'serve', which there is already"),
        ("list", "users", "registers the command 'users list', which there is already"),
        ("x", "usres", "registers the command 'x' for 'usres', which is no collection"),
    ],
)
def test_a_command_whose_name_is_taken_is_refused(command_line, with_plugins, plugin, command, where, reason):
    with_plugins(plugin("Mine", register_commands=lambda register: register(says(command), collection=where)))
    done = command_line("users", "whoami")

    assert done.returncode == 1
    assert done.stderr.startswith(f"error: plugin 'Mine': {reason}")


def test_two_plugins_with_one_command_are_both_named(command_line, with_plugins, plugin):
    with_plugins(
        plugin("One", register_commands=lambda register: register(says("hello"))),
        plugin("Two", register_commands=lambda register: register(says("hello"))),
    )

    assert command_line("hello").stderr == (
        "error: plugin 'Two': registers the command 'hello', which the plugin 'One' registers already; "
        "switch one of them off\n"
    )


def test_what_is_no_command_is_refused(command_line, with_plugins, plugin):
    with_plugins(plugin("Mine", register_commands=lambda register: register(type("X", (), {"name": "x"})())))

    assert "expected one of click's" in command_line("users", "whoami").stderr


def test_the_list_of_plugins_can_be_had_when_one_of_them_fails(command_line, with_plugins, plugin):
    with_plugins(plugin("Mine", register_commands=lambda register: 1 / 0))

    assert "plugin 'Mine': its register_commands failed" in command_line("users", "whoami").stderr
    assert command_line("plugins", "list").returncode == 0


def test_answers_are_printed_in_the_formats_of_two_plugins(command_line, with_plugins, plugin):
    with_plugins(
        plugin("One", register_formats=lambda register: register("csv", as_csv)),
        plugin("Two", register_formats=lambda register: register("keys", lambda answer: " ".join(sorted(answer)))),
    )
    listed = command_line("users", "list", "--format", "csv").stdout.splitlines()

    assert len(listed) > 5
    assert all("@" in line for line in listed)
    assert "first_name" in command_line("users", "whoami", "--format", "keys").stdout
    assert command_line("users", "whoami", "--format", "json").stdout.startswith("{")
    assert "[table|json|csv|keys]" in command_line("users", "list", "--help").stdout


def test_json_and_another_format_can_t_both_be_had(command_line, with_plugins):
    with_plugins()
    done = command_line("users", "whoami", "--json", "--format", "table")

    assert done.returncode == 2
    assert "--json and --format table can't both be had" in done.stderr


@pytest.mark.parametrize(
    ("name", "function", "reason"),
    [
        ("json", str, "plugin 'Mine': registers the format 'json', which is built in"),
        ("csv", lambda answer: answer["nothing"], "plugin 'Mine': its format 'csv' failed with KeyError"),
        ("csv", lambda answer: 7, "plugin 'Mine': its format 'csv' returned 7; expected text"),
    ],
)
def test_a_format_that_is_taken_or_fails_names_its_plugin(command_line, with_plugins, plugin, name, function, reason):
    with_plugins(plugin("Mine", register_formats=lambda register: register(name, function)))
    done = command_line("users", "whoami", "--format", name)

    assert done.returncode == 1
    assert reason in done.stderr


def test_two_plugins_with_one_format_are_both_named(command_line, with_plugins, plugin):
    with_plugins(
        plugin("One", register_formats=lambda register: register("csv", str)),
        plugin("Two", register_formats=lambda register: register("csv", repr)),
    )

    assert "plugin 'Two': registers the format 'csv', which the plugin 'One'" in command_line("users", "list").stderr
