"""Fixtures for pytest, which finds them by itself: a Connect server for each test that asks for one.

pytest loads this module in every run, so it loads nothing else before a fixture is used.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connectapi.client.client import Client
    from connectapi.testing.clock import FakeClock
    from connectapi.testing.server import ConnectServer

__all__ = ["connect_as", "connect_client", "connect_clock", "connect_environment", "connect_server"]

_MARKER = "connect_server"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(sample=…, seed=…, version=…, …): the options of ConnectServer for the fixture of this name; "
        "a seed's path begins at the folder of the test's file",
    )


@pytest.fixture
def connect_clock() -> FakeClock:
    """A clock that stands still until the test moves it on; the test's server has it for its own."""
    from connectapi.testing.clock import FakeClock

    return FakeClock()


@pytest.fixture
def connect_server(request: pytest.FixtureRequest) -> Iterator[ConnectServer]:
    """A running Connect server of the test's own, with the sample in it unless the marker says otherwise.

    A task ends at once, unless the marker has a `pace`.
    """
    with _started(_options(request)) as server:
        yield server


@pytest.fixture
def connect_client(connect_server: ConnectServer) -> Iterator[Client]:
    """A client of the test's server, as an administrator."""
    from connectapi.client.client import Client

    with Client(connect_server.url, connect_server.api_key) as client:
        yield client


@pytest.fixture
def connect_as(connect_server: ConnectServer) -> Iterator[Callable[[str], Client]]:
    """Make clients of the test's server: of the user with a username, or of anyone with a role."""
    from connectapi.client.client import Client

    with ExitStack() as opened:
        yield lambda who: opened.enter_context(Client(connect_server.url, connect_server.key_for(who)))


@pytest.fixture
def connect_environment(connect_server: ConnectServer, monkeypatch: pytest.MonkeyPatch) -> ConnectServer:
    """The test's server, with `CONNECT_SERVER` and `CONNECT_API_KEY` set to it for as long as the test runs."""
    monkeypatch.setenv("CONNECT_SERVER", connect_server.url)
    monkeypatch.setenv("CONNECT_API_KEY", connect_server.api_key)
    return connect_server


def _started(options: dict[str, Any]) -> ConnectServer:
    from connectapi.errors import ConnectError
    from connectapi.testing.installed import installed_server

    try:
        return installed_server("the fixture connect_server", **options).start()
    except ConnectError as error:
        reason = str(error)
    pytest.fail(reason, pytrace=False)  # out of the handler, so that the error does not stand above it


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return what the markers say, the nearest one first; the clock is the test's own, if it has one."""
    options: dict[str, Any] = {"pace": 0}
    for marker in reversed(list(request.node.iter_markers(_MARKER))):
        if marker.args:
            pytest.fail(f"the marker {_MARKER} takes its options by name, such as sample=False", pytrace=False)
        options.update(marker.kwargs)
    if options.get("seed") is not None:
        options["seed"] = request.path.parent / options["seed"]
    if "connect_clock" in request.fixturenames:
        options["clock"] = request.getfixturevalue("connect_clock")
    return options
