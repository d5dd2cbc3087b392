"""The embedded server itself: its sockets, its folder, its life."""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
from collections.abc import Iterable
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final

from attrs import define, evolve
from typing_extensions import Self

from connectapi.errors import ConfigError
from connectapi.spec.index import Folder, SpecIndex
from connectapi.testing.added import Added, added_by, handlers_for
from connectapi.testing.app import Application
from connectapi.testing.clock import Clock
from connectapi.testing.conditions import Order, equals
from connectapi.testing.credentials import is_key, new_key
from connectapi.testing.faults import Faults
from connectapi.testing.folder import state_folder, unusable
from connectapi.testing.indexes import indexes
from connectapi.testing.oauth.tokens import session_token
from connectapi.testing.people import add_administrator, user_for
from connectapi.testing.releases import check_release
from connectapi.testing.requests import Requests
from connectapi.testing.routes import Routes
from connectapi.testing.store import Records, Store
from connectapi.testing.trust import Trust, TrustedIssuer, own_secret
from connectapi.testing.wire import Server
from connectapi.testing.world import HIDDEN_KINDS, Limits, World

if TYPE_CHECKING:
    from connectapi.plugins.manager import Plugins

__all__ = ["ConnectServer"]

#: How long `close` waits for calls that are being answered, in seconds.
_PATIENCE: Final = 5.0

#: How often the listening thread looks whether it is to stop, in seconds.
_GLANCE: Final = 0.02

#: The seed of a server that gets no other.
_SAMPLE: Final = Path(__file__).with_name("sample.yaml")


class ConnectServer:
    """A Connect server of one's own: real HTTP on loopback, real state, nothing of it shared.

    It answers the calls that the resource files declare. Use it as a context manager, or call
    `start` and `close`.

    Args:
        port: where it listens; 0 for any port that is free.
        data: a folder for its state, which it goes on from when there is one already; without it the
            state is gone when the server closes.
        sample: whether a new server has an organisation's worth of users, groups, tags and content.
            Otherwise there is just an administrator. Left out, it has the sample unless it has a seed.
        seed: a YAML file of what a new server has in it; see `ConnectServer.seed`.
        folders: folders of resource files beside the built-in ones, such as a plugin's.
        version: the release that it answers as: what is newer is not there.
        host: the address it listens at. Other machines reach it only if this is another than loopback.
        pace: the time between two lines of a task's log, in seconds; 0 ends all tasks at once.
        clock: what time it is for the server; the real one unless told otherwise.
        bootstrap_secret: a key in base64, of 32 bytes or more. A new server then begins without any user:
            who signs a token with that key makes the first one.
        repositories: a folder of git repositories that content may come from; none may if left out.
        keep_bundles: how many bundles of one content item are kept, the one in use among them; 0 for all.
        trusted_issuers: services, such as a CI, whose identity tokens can be exchanged for a key.
        plugins: modules or objects with hooks: their folders of resource files, their types, and their handlers.

    Raises:
        ConfigError: the port is taken, another server uses `data`, it can't hold the state, `version` is
            no release, the secret is no such key, or `repositories` is no folder.
        SeedError: there is something wrong with the seed.

    Example:
        >>> with ConnectServer() as server:
        ...     server.url.startswith("http://127.0.0.1:")
        True
    """

    def __init__(
        self,
        *,
        port: int = 0,
        data: str | os.PathLike[str] | None = None,
        sample: bool | None = None,
        seed: str | os.PathLike[str] | None = None,
        folders: Iterable[str | os.PathLike[str]] = (),
        version: str = "2026.06.0",
        host: str = "127.0.0.1",
        pace: float = 0.05,
        clock: Clock | None = None,
        bootstrap_secret: str | None = None,
        repositories: str | os.PathLike[str] | None = None,
        keep_bundles: int = 0,
        trusted_issuers: Iterable[TrustedIssuer] = (),
        plugins: Plugins | Iterable[object] | None = None,
    ) -> None:
        self._address = (host, port)
        self._data = Path(data) if data is not None else None
        samples = (_SAMPLE,) if sample or (sample is None and seed is None) else ()
        self._seeds = (*samples, *((Path(seed),) if seed is not None else ()))
        added = added_by(plugins) if plugins is not None else Added()
        self._added = evolve(added, folders=(*added.folders, *(Folder(Path(each), str(each)) for each in folders)))
        self._version = check_release(version)
        self._pace = pace
        self._clock = clock or Clock()
        self._trust = Trust(bootstrap=bootstrap_secret, issuers=tuple(trusted_issuers))
        self._repositories = Path(repositories) if repositories is not None else None
        if self._repositories is not None and not self._repositories.is_dir():
            raise ConfigError(f"{self._repositories} is no folder: name the one that holds the git repositories")
        self._limits = Limits(bundles=keep_bundles)
        self._running: _Running | None = None
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The server's URL."""
        host = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(self._address[0], self._address[0])  # noqa: S104
        name = f"[{host}]" if ":" in host else host
        return f"http://{name}:{self._now().server.port}"

    @property
    def api_key(self) -> str:
        """The API key of an administrator.

        Raises:
            RuntimeError: the server waits for its bootstrap and has no user yet.
        """
        running = self._now()
        if not running.api_key:
            running.api_key = _first_steps(running.world, ())
        if not running.api_key:
            msg = "this server has no user yet: make the first one with its bootstrap secret"
            raise RuntimeError(msg)
        return running.api_key

    @property
    def version(self) -> str:
        """The release that it answers as."""
        return self._version

    @property
    def requests(self) -> Requests:
        """The latest requests, the oldest first, with what there is to know of each."""
        return self._now().application.requests

    @property
    def faults(self) -> Faults:
        """The faults in store: calls that are to fail."""
        return self._now().application.faults

    @property
    def unanswered(self) -> list[tuple[str, str]]:
        """Resource and name of the declared operations that it answers with 501."""
        return list(self._now().application.routes.unanswered)

    def key_for(self, who: str) -> str:
        """Make an API key for one of its users.

        Args:
            who: a username, or a role: that is the first user who has it and is not locked, and a new
                user of this name if nobody has it.

        Raises:
            KeyError: there is no such user.
        """
        world = self._now().world
        with world.store.writing() as records:
            return new_key(records, user_for(world, records, who)["guid"])

    def seed(self, file: str | os.PathLike[str]) -> None:
        """Add what a YAML file says: all of it or, when something in it is wrong, nothing.

        Args:
            file: the file. `docs/testing.md` says how it is written.

        Raises:
            SeedError: with file, line and place of each fault.
        """
        world = self._now().world
        with world.store.writing() as records:
            _fill(world, records, (Path(file),))

    def session_token(self, content_guid: str, username: str, *, lasts: float = 3600) -> str:
        """Return what running content would get in the header Posit-Connect-User-Session-Token.

        Args:
            content_guid: the content that runs.
            username: the user who looks at it.
            lasts: how long the token is good for, in seconds.

        Raises:
            KeyError: there is no such content, or no such user.
        """
        world = self._now().world
        with world.store.reading() as records:
            users = records.find("User", equals("username", username), limit=1)
            if records.get("Content", content_guid) is None:
                raise KeyError(content_guid)
            if not users:
                raise KeyError(username)
        return session_token(world, content_guid, users[0]["guid"], lasts)

    def content_session_token(self, content_guid: str, *, lasts: float = 3600) -> str:
        """Return what running content would get in CONNECT_CONTENT_SESSION_TOKEN; as `session_token`."""
        world = self._now().world
        with world.store.reading() as records:
            if records.get("Content", content_guid) is None:
                raise KeyError(content_guid)
        return session_token(world, content_guid, None, lasts)

    def start(self) -> Self:
        """Begin to listen; calls are answered when this returns."""
        with self._lock:
            if self._running is None:
                self._running = _Running.begin(
                    *self._address,
                    self._added,
                    self._data,
                    self._version,
                    self._pace,
                    self._clock,
                    self._trust,
                    self._repositories,
                    self._limits,
                    self._seeds,
                )
        return self

    def close(self) -> None:
        """Stop to listen, end all connections, and delete the state unless it has a folder."""
        with self._lock:
            running, self._running = self._running, None
        if running is not None:
            running.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "stopped" if self._running is None else f"at {self.url}"
        return f"<ConnectServer {self._version} {state}>"

    def _now(self) -> _Running:
        if self._running is None:
            msg = "this ConnectServer is not running: call start(), or use it in a `with`"
            raise RuntimeError(msg)
        return self._running


@define(eq=False)
class _Running:
    """What there is while a server runs."""

    world: World
    application: Application
    server: Server
    thread: threading.Thread
    api_key: str
    undo: ExitStack

    @classmethod
    def begin(
        cls,
        host: str,
        port: int,
        added: Added,
        data: Path | None,
        version: str,
        pace: float,
        clock: Clock,
        trust: Trust,
        repositories: Path | None,
        limits: Limits,
        seeds: tuple[Path, ...],
    ) -> _Running:
        """Make or open the state, and begin to listen."""
        index, routes = _shared(added, version)
        with _listen(host, port) as listening, ExitStack() as undo:
            folder = undo.enter_context(state_folder(data))
            kinds = [*index.resources(), *HIDDEN_KINDS]
            store = Store(folder / "state.sqlite", kinds, indexes(index.specs()), lasting=data is not None)
            undo.callback(store.close)
            try:
                secret = own_secret(store)
                world = World(
                    index=index,
                    store=store,
                    folder=folder,
                    version=version,
                    pace=pace,
                    clock=clock,
                    limits=limits,
                    trust=trust,
                    secret=secret,
                    repositories=repositories,
                )
                api_key = _first_steps(world, seeds)
            except (OSError, sqlite3.Error) as error:
                raise unusable(folder, error) from None
            application = Application(world, routes)
            server = Server(listening, application, now=lambda: clock.now().timestamp())  # it copies the socket
            kept = undo.pop_all()
        thread = threading.Thread(target=server.serve_forever, args=(_GLANCE,), name="connectapi-server", daemon=True)
        thread.start()
        return cls(world, application, server, thread, api_key, kept)

    def stop(self) -> None:
        """End everything that `begin` began."""
        self.server.shutdown()
        self.thread.join()
        self.world.stopped.set()
        self.server.connections.end(_PATIENCE)
        self.undo.close()


@cache
def _shared(added: Added, version: str) -> tuple[SpecIndex, Routes]:
    """Return specs and routes. Servers of one process share them: to make them is most of a server's start."""
    index = added.index()
    return index, Routes(index.specs(), version, handlers_for(added.handlers, index))


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port < 2**16:
        raise ConfigError(f"{port} is no port: choose one from 1 to 65535, or 0 for any that is free")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        msg = f"can't listen at {host}, port {port}: {error}. Choose another port, or 0 for any that is free."
        raise ConfigError(msg) from None


def _fill(world: World, records: Records, seeds: Iterable[Path]) -> None:
    """Add what files say, and an administrator if there is none."""
    for seed in seeds:
        from connectapi.testing.seeding.sow import sow  # and YAML, which a server without a seed has no use for

        sow(world, records, seed)
    if not records.count("User"):
        add_administrator(world, records)


def _first_steps(world: World, seeds: tuple[Path, ...]) -> str:
    """Fill a new server, and return the key of its administrator; none if it waits for its bootstrap."""
    kept = world.folder / "api-key"
    with world.store.writing() as records:
        if not records.count("User"):
            if world.trust.bootstrap is not None:
                return ""
            _fill(world, records, seeds)
        open_first = [Order("locked")]
        first = records.find("User", equals("user_role", "administrator"), order=open_first, limit=1)[0]
        key = kept.read_text().strip() if kept.is_file() else ""
        if key and is_key(records, key):
            return key
        key = new_key(records, first["guid"])
    # Written when the key is known for good, readable by nobody else.
    descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key
