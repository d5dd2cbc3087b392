"""Other people's clients, unmodified, against the embedded server; `tox -e interop` has them."""

from importlib.metadata import PackageNotFoundError, version

import pytest

from connectapi.testing import ConnectServer

#: The clients, as they are called on the package index.
PEERS = ("posit-sdk", "rsconnect-python", "pins")


def installed():
    """Return the version of each client; None for one that is not installed."""
    found = {}
    for name in PEERS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


# Without the clients there is one test left, which says so.
collect_ignore = [] if all(installed().values()) else ["posit_sdk", "rsconnect", "pins"]


@pytest.fixture(scope="session")
def peers():
    return installed()


@pytest.fixture
def server():
    """A server with an administrator and nothing else."""
    with ConnectServer(sample=False, pace=0.001) as running:
        yield running


@pytest.fixture
def sample():
    """A server with the sample."""
    with ConnectServer(pace=0.001) as running:
        yield running
