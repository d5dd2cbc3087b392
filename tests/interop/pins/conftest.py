"""Boards of pins on the embedded server, each with a cache of its own."""

from pathlib import Path

import pytest
from pins import board_connect

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """Let pins leave to Python to close the files that it writes and reads."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed file <_io:ResourceWarning"))


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    """Keep what pins remembers of former reads out of the tests' way, and out of the home."""
    monkeypatch.setenv("PINS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PINS_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def board(server):
    """The administrator's board."""
    return board_connect(server.url, api_key=server.api_key, allow_pickle_read=True)


@pytest.fixture
def board_of(server):
    """Make the board of another user."""
    return lambda username, **more: board_connect(server.url, api_key=server.key_for(username), **more)
