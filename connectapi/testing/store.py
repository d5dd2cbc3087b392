"""What the server remembers: a table a kind, a JSON document a row, every change in a transaction."""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock
from typing import Any, Final, TypeAlias

from attrs import define, frozen

from connectapi.errors import ConfigError
from connectapi.testing.conditions import Condition, Index, Order, ordered, together

__all__ = ["Document", "Records", "Row", "Store", "no_room"]

#: A JSON object as it is kept. Keys that begin with `_` are the server's own and never leave it.
Document: TypeAlias = dict[str, Any]

#: The layout of the tables; kept in the file, so that another one is recognized.
_LAYOUT: Final = 2

#: How many connections are kept for the next reader; more are open only while there are more readers at once.
_IDLE: Final = 16

_decode: Final = json.JSONDecoder().raw_decode

#: What the system says when a file can't grow.
_NO_ROOM: Final = {getattr(errno, name, None) for name in ("ENOSPC", "EDQUOT", "EFBIG", "EROFS")} - {None}


@frozen
class Row:
    """A document, its place in the order in which all of its kind were inserted, and where it lies."""

    place: int
    scope: str
    key: str
    document: Document


@define
class Records:
    """The records as one transaction sees them."""

    _connection: sqlite3.Connection

    def look_again(self) -> None:
        """See the records as they are now: for those who only read."""
        self._connection.rollback()
        self._connection.execute("BEGIN")

    def get(self, kind: str, key: str, scope: str | None = None) -> Document | None:
        """Return one document; with no `scope` the key alone names it."""
        sql, values = f'SELECT document FROM "{kind}" WHERE key = ?', [key]  # noqa: S608 -- kinds are names of classes
        if scope is not None:
            sql, values = f"{sql} AND scope = ?", [key, scope]
        row = self._connection.execute(f"{sql} LIMIT 1", values).fetchone()
        return None if row is None else _read(row[0])

    def find(
        self,
        kind: str,
        *conditions: Condition,
        scope: str | None = None,
        order: Sequence[Order] = (),
        limit: int = -1,
        offset: int = 0,
    ) -> list[Document]:
        """Return the documents that meet all conditions, in order of insertion unless told otherwise."""
        return [
            row.document for row in self.rows(kind, *conditions, scope=scope, order=order, limit=limit, offset=offset)
        ]

    def rows(
        self,
        kind: str,
        *conditions: Condition,
        scope: str | None = None,
        order: Sequence[Order] = (),
        limit: int = -1,
        offset: int = 0,
    ) -> list[Row]:
        """As `find`, with where each of them is."""
        where = together(conditions, scope)
        found = self._connection.execute(
            f'SELECT place, scope, key, document FROM "{kind}" WHERE {where.sql} ORDER BY {ordered(order)} LIMIT ? OFFSET ?',  # noqa: S608
            (*where.values, limit, offset),
        )
        return [Row(place, scope, key, _read(text)) for place, scope, key, text in found]

    def count(self, kind: str, *conditions: Condition, scope: str | None = None) -> int:
        """Return how many documents meet all conditions."""
        where = together(conditions, scope)
        found = self._connection.execute(f'SELECT count(*) FROM "{kind}" WHERE {where.sql}', where.values)  # noqa: S608
        return int(found.fetchone()[0])

    def insert(self, kind: str, key: str, document: Document, scope: str = "") -> Document:
        """Add a document."""
        self._connection.execute(
            f'INSERT INTO "{kind}" (scope, key, document) VALUES (?, ?, ?)',  # noqa: S608
            (scope, key, _written(document)),
        )
        return document

    def put(self, kind: str, key: str, document: Document, scope: str = "") -> Document:
        """Add a document, or put it in the place of the one with its key."""
        if self.get(kind, key, scope) is None:
            return self.insert(kind, key, document, scope)
        self._connection.execute(
            f'UPDATE "{kind}" SET document = ? WHERE scope = ? AND key = ?',  # noqa: S608
            (_written(document), scope, key),
        )
        return document

    def change(self, kind: str, key: str, changes: Document, scope: str | None = None) -> Document:
        """Change some values of a document that is there, and return all of it."""
        found = self.get(kind, key, scope)
        if found is None:
            raise KeyError(key)
        document = {**found, **changes}
        sql, values = f'UPDATE "{kind}" SET document = ? WHERE key = ?', [_written(document), key]  # noqa: S608
        if scope is not None:
            sql, values = f"{sql} AND scope = ?", [*values, scope]
        self._connection.execute(sql, values)
        return document

    def delete(self, kind: str, *conditions: Condition, key: str | None = None, scope: str | None = None) -> int:
        """Delete the documents that meet all conditions, and return how many those were."""
        where = together(conditions, scope)
        sql, values = f'DELETE FROM "{kind}" WHERE {where.sql}', list(where.values)  # noqa: S608
        if key is not None:
            sql, values = f"{sql} AND key = ?", [*values, key]
        return self._connection.execute(sql, values).rowcount

    def skip(self, name: str, number: int) -> None:
        """Let a sequence go on after a number that was chosen by hand."""
        sql = "INSERT INTO numbers VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET last = max(last, excluded.last)"
        self._connection.execute(sql, (name, number))

    def number(self, name: str, first: int = 1) -> int:
        """Return the next number of a sequence: never the same twice, whatever is deleted."""
        row = self._connection.execute("SELECT last FROM numbers WHERE name = ?", (name,)).fetchone()
        number = first if row is None else row[0] + 1
        self._connection.execute("INSERT OR REPLACE INTO numbers (name, last) VALUES (?, ?)", (name, number))
        return number


class Store:
    """The server's records, in one SQLite file.

    Readers see the state at the start of their transaction and never wait; writers take turns.

    Args:
        path: the file; made when it is not there.
        kinds: the names of all tables.
        indexes: what each table is looked up by besides keys and scopes.
        lasting: whether the file outlives the server.

    Raises:
        ConfigError: the file is there, but it is not one of ours.
    """

    def __init__(
        self,
        path: Path,
        kinds: Iterable[str],
        indexes: Mapping[str, Iterable[Index]] | None = None,
        *,
        lasting: bool = True,
    ) -> None:
        self._path = path
        # WAL loses nothing when the process is killed; FULL would guard against a power cut, at a sync a write.
        self._synchronous = "NORMAL" if lasting else "OFF"
        self._turn = Lock()
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        self._closed = False
        self._writer = self._connect()
        try:
            with self.writing() as records:
                _lay_out(records._connection, kinds, indexes or {})
        except (sqlite3.DatabaseError, _WrongLayoutError) as error:
            self.close()
            msg = f"{path}: is not a state that this version of connectapi can go on from: {error}"
            raise ConfigError(f"{msg}. Use the version that made it, or choose another folder.") from None

    @contextmanager
    def reading(self) -> Iterator[Records]:
        """Look at the records as they are now."""
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = self._connect()
        try:
            connection.execute("BEGIN")
            yield Records(connection)
        finally:
            connection.rollback()
            if self._closed or self._idle.qsize() >= _IDLE:
                connection.close()
            else:
                self._idle.put(connection)

    @contextmanager
    def writing(self) -> Iterator[Records]:
        """Change the records: all of it when the block ends, nothing when it raises."""
        with self._turn:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield Records(self._writer)
                self._writer.commit()
            except BaseException:
                self._writer.rollback()
                raise

    def close(self) -> None:
        """Close the file; transactions that are under way end first."""
        with self._turn:
            self._closed = True
            self._writer.close()
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return

    def _connect(self) -> sqlite3.Connection:
        with ExitStack() as undo:
            try:
                connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
                undo.callback(connection.close)
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(f"PRAGMA synchronous = {self._synchronous}")
            except sqlite3.DatabaseError as error:
                what = "can't be used" if isinstance(error, sqlite3.OperationalError) else "is not a state of a server"
                raise ConfigError(f"{self._path}: {what}: {error}") from None
            undo.pop_all()
        return connection


def no_room(error: Exception) -> bool:
    """Whether something failed since the disk is full or can't be written."""
    if isinstance(error, sqlite3.OperationalError):
        return any(words in str(error) for words in ("is full", "disk I/O error", "readonly", "unable to open"))
    return isinstance(error, OSError) and error.errno in _NO_ROOM


class _WrongLayoutError(Exception):
    pass


def _lay_out(connection: sqlite3.Connection, kinds: Iterable[str], indexes: Mapping[str, Iterable[Index]]) -> None:
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found not in {0, _LAYOUT}:
        msg = f"its layout is {found}, not {_LAYOUT}"
        raise _WrongLayoutError(msg)
    connection.execute(f"PRAGMA user_version = {_LAYOUT}")
    connection.execute("CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, last INTEGER NOT NULL)")
    for kind in kinds:
        connection.execute(
            f'CREATE TABLE IF NOT EXISTS "{kind}" (place INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, '
            "key TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (key, scope))"
        )
        connection.execute(f'CREATE INDEX IF NOT EXISTS "{kind} by scope" ON "{kind}" (scope)')
        for each in indexes.get(kind, ()):
            connection.execute(f'CREATE INDEX IF NOT EXISTS "{kind} by {each.name}" ON "{kind}" ({each.sql})')


def _read(text: str) -> Document:
    # Less of json's own checks: the text is what `_written` made.
    document: Document = _decode(text)[0]
    return document


def _written(document: Document) -> str:
    return json.dumps(document, separators=(",", ":"))
