# Made from the resource files by `connectapi stubs --package connect_widgets`. Do not edit.

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from connectapi.client.client import Client
from connectapi.query.collection import Collection
from connectapi.query.relations import One
from connectapi.query.results import ResourceIterator, ResourceList
from connectapi.query.search import Search
from connectapi.query.session import BinarySink, BinarySource
from connectapi.resource.record import Record
from connectapi.resources import User

class Widget(Record):
    """A thing of one colour, to show what a plugin needs for a new resource type."""
    guid: str
    """Identifies the widget."""
    title: str
    """Shown to people."""
    colour: Literal['red', 'green', 'blue']
    """What it is painted with."""
    weight: float | None
    """How heavy it is; null if nobody weighed it."""
    maker_guid: str | None
    """The user who made it."""
    made_time: datetime
    """When it was made."""
    def __init__(self, *, guid: str | None = None, title: str | None = None, colour: Literal['red', 'green', 'blue'] | None = None, weight: float | None = None, maker_guid: str | None = None, made_time: datetime | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, colour: str = ..., page_size: int | None = ...) -> ResourceList[Widget]: ...
    @classmethod
    def iter(cls, client: Client, *, colour: str = ..., page_size: int | None = ...) -> ResourceIterator[Widget]: ...
    @classmethod
    def count(cls, client: Client, *, colour: str = ...) -> int: ...
    @classmethod
    def get_one(cls, client: Client, widget_guid: str) -> Widget: ...
    def refresh(self) -> Widget:
        """Read this record anew, in place."""
    @classmethod
    def create(cls, client: Client, title: str, *, colour: Literal['red', 'green', 'blue'] = ..., weight: float | None = ..., maker_guid: str | None = ...) -> Widget: ...
    def update(self, *, title: str = ..., colour: Literal['red', 'green', 'blue'] = ...) -> Widget: ...
    def delete(self) -> None: ...
    @property
    def maker(self) -> One[User]:
        """Who made it."""

class WidgetCollection(Collection):
    """A thing of one colour, to show what a plugin needs for a new resource type."""
    def get(self, *, colour: str = ..., page_size: int | None = ...) -> ResourceList[Widget]: ...
    def iter(self, *, colour: str = ..., page_size: int | None = ...) -> ResourceIterator[Widget]: ...
    def count(self, *, colour: str = ...) -> int: ...
    def get_one(self, widget_guid: str) -> Widget: ...
    def create(self, title: str, *, colour: Literal['red', 'green', 'blue'] = ..., weight: float | None = ..., maker_guid: str | None = ...) -> Widget: ...
    def update(self, widget_guid: str, *, title: str = ..., colour: Literal['red', 'green', 'blue'] = ...) -> Widget: ...
    def delete(self, widget_guid: str) -> None: ...
