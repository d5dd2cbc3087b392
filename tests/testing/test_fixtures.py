"""The fixtures in real runs of pytest, as those who use them have them."""

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

pytest_plugins = ("pytester",)

MODULE = "connectapi.testing.fixtures"


def found_by_pytest():
    """Whether the installation knows the entry point; one that is older than the plugin doesn't."""
    return any(each.value == MODULE for each in metadata.entry_points(group="pytest11"))


@pytest.fixture
def run(pytester, monkeypatch):
    """Run pytest on a test file in a process of its own."""
    monkeypatch.delenv("CONNECT_SERVER", raising=False)
    monkeypatch.delenv("CONNECT_API_KEY", raising=False)
    pytester.makeini("[pytest]\nfilterwarnings = error")

    def run(text, *options):
        pytester.makepyfile(test_users=text)
        loaded = () if found_by_pytest() else ("-p", MODULE)
        return pytester.runpytest_subprocess("-q", "--strict-markers", "-p", "no:cacheprovider", *loaded, *options)

    return run


def test_pytest_finds_the_fixtures_by_itself():
    root = Path(__file__).parents[2]
    assert f'connectapi = "{MODULE}"' in (root / "pyproject.toml").read_text()
    if not found_by_pytest():
        pytest.skip("connectapi was installed before it had fixtures; install it again")
    assert [each.name for each in metadata.entry_points(group="pytest11") if each.value == MODULE] == ["connectapi"]


def test_a_test_has_a_server_of_its_own_and_clients_of_it(run):
    result = run("""
        import os
        import pytest
        from connectapi import Content, PermissionDeniedError, User

        def test_it_is_there(connect_server, connect_client):
            assert connect_client.connect_server == connect_server.url
            assert User.whoami(connect_client).user_role == "administrator"
            Content.create(connect_client, name="mine")
            assert connect_server.requests.count("POST", "/v1/content") == 1
            assert "CONNECT_SERVER" not in os.environ

        @pytest.mark.parametrize("again", [1, 2])
        def test_it_is_fresh_each_time(connect_client, connect_server, again):
            assert Content.get(connect_client, name="mine") == []
            assert len(Content.get(connect_client)) > 40
            assert connect_server.requests.count() == 2

        @pytest.mark.parametrize("role", ["viewer", "publisher", "administrator"])
        def test_a_client_has_a_role_or_a_name(connect_as, role):
            assert User.whoami(connect_as(role)).user_role == role
            assert User.whoami(connect_as("priya")).username == "priya"
            assert connect_as("priya") is not connect_as("priya")

        def test_a_viewer_may_not_publish(connect_as):
            with pytest.raises(PermissionDeniedError):
                Content.create(connect_as("viewer"), name="x")

        def test_an_unknown_user_is_named(connect_as):
            with pytest.raises(KeyError, match="nobody"):
                connect_as("nobody")

        def test_the_environment_leads_to_it(connect_environment, connect_server):
            from connectapi import Client
            assert connect_environment is connect_server
            with Client() as client:
                assert client.connect_server == connect_server.url
                assert User.whoami(client).username == "mara"

        def test_the_environment_is_as_it_was():
            assert "CONNECT_API_KEY" not in os.environ

        def test_a_task_ends_at_once(connect_client, tmp_path):
            (tmp_path / "index.html").write_text("<h1>Hello</h1>")
            assert Content.publish(connect_client, tmp_path, name="site").bundle_id
    """)

    result.assert_outcomes(passed=11)


def test_the_marker_says_how_the_server_is(run):
    result = run("""
        import pytest
        from connectapi import Content, User

        pytestmark = pytest.mark.connect_server(version="2024.05.0", sample=False)

        def test_the_module_says_it(connect_client, connect_as):
            assert connect_client.server_version() == "2024.05.0"
            assert len(User.get(connect_client)) == 1
            assert User.whoami(connect_as("viewer")).user_role == "viewer"
            assert User.whoami(connect_as("publisher")).username == "publisher"
            assert len(User.get(connect_client)) == 3

        @pytest.mark.connect_server(version="2025.01.0")
        def test_the_test_says_more(connect_client):
            assert connect_client.server_version() == "2025.01.0"
            assert Content.get(connect_client) == []

        def test_a_clock_that_is_asked_for_is_the_servers(connect_client, connect_clock):
            first = Content.create(connect_client, name="first")
            connect_clock.advance(60)
            second = Content.create(connect_client, name="second")
            assert (second.created_time - first.created_time).total_seconds() == 60
    """)

    result.assert_outcomes(passed=3)


def test_a_marker_that_makes_no_sense_is_a_plain_message(run):
    result = run("""
        import pytest

        @pytest.mark.connect_server("2024.05.0")
        def test_by_place(connect_server):
            pass

        @pytest.mark.connect_server(version="new")
        def test_no_release(connect_server):
            pass

        @pytest.mark.connect_server(seed="gone.yaml")
        def test_no_seed(connect_server):
            pass

        @pytest.mark.connect_server(smaple=False)
        def test_misspelt(connect_server):
            pass
    """)

    result.assert_outcomes(errors=4)
    messages = [
        "*takes its options by name*",
        "*no release*",
        "*/gone.yaml: can't be read*",
        "*unexpected keyword*'smaple'*",
    ]
    result.stdout.fnmatch_lines(messages)


def test_without_werkzeug_a_test_that_needs_the_server_says_what_to_install(run, pytester):
    pytester.makeconftest("import sys\nsys.modules['werkzeug'] = None")
    result = run("""
        def test_with(connect_client):
            pass

        def test_without():
            pass
    """)

    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["*the fixture connect_server needs werkzeug: pip install 'connectapi?server?'*"])


def test_a_run_that_uses_no_fixture_loads_nothing_of_it():
    program = f"""
import json, sys
before = set(sys.modules)
import pytest
pytest_itself = set(sys.modules)
import {MODULE}
loaded = sorted(set(sys.modules) - pytest_itself)
print(json.dumps([name for name in loaded if not name.startswith(("typing", "collections"))]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout)

    assert loaded == ["connectapi", "connectapi.exports", "connectapi.testing", MODULE]


def test_the_fixtures_are_listed_with_what_they_are(run):
    result = run("", "--fixtures", "--markers")

    result.stdout.fnmatch_lines(["*@pytest.mark.connect_server(sample=*"])
    result = run("", "--fixtures")
    lines = [f"connect_{name}*" for name in ("clock", "server", "client", "as", "environment")]
    result.stdout.fnmatch_lines_random(lines)
