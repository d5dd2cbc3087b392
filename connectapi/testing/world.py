"""What every call of one server shares: the specs, the records, the files, the clock."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attrs import define, field, frozen

from connectapi.spec.index import SpecIndex
from connectapi.spec.model import FieldSpec, ResourceSpec
from connectapi.testing.clock import Clock
from connectapi.testing.releases import reached
from connectapi.testing.store import Store
from connectapi.testing.trust import Trust

__all__ = ["HIDDEN_KINDS", "Limits", "World", "stamp"]

#: Tables beside those of the declared resources: who is recognized by which key, what is to happen
#: when, what was rendered.
HIDDEN_KINDS: Final = ("_Secret", "_Grant", "_Credential", "_Event", "_Rendering")


def stamp(moment: datetime.datetime) -> str:
    """Return a moment as Connect writes it: RFC 3339, in UTC, whole seconds."""
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@frozen(kw_only=True)
class Limits:
    """The most that the server takes, in bytes but for `wait`, which is in seconds, `files` and `bundles`.

    `bundles` is how many of one content item are kept: all if 0. The one in use always is.
    """

    body: int = 10 * 2**20
    bundle: int = 512 * 2**20
    unpacked: int = 2 * 2**30
    files: int = 50_000
    inline: int = 2**20
    wait: int = 60
    bundles: int = 0


@define(kw_only=True)
class World:
    """One server's specs and state."""

    index: SpecIndex
    store: Store
    folder: Path
    version: str
    pace: float
    clock: Clock = field(factory=Clock)
    #: Set when the server ends.
    stopped: threading.Event = field(factory=threading.Event)
    limits: Limits = field(factory=Limits)
    trust: Trust = field(default=Trust())
    #: Held while the tokens of an integration are renewed.
    renewing: threading.Lock = field(factory=threading.Lock, repr=False)
    #: What the server signs its own tokens with.
    secret: bytes = field(default=b"", repr=False)
    #: The folder of the git repositories that may be read; None for none.
    repositories: Path | None = None
    #: Visitors who signed in with a browser: the value of their cookie → what recognizes their API key.
    sessions: dict[str, str] = field(factory=dict)
    #: No event comes due before this moment, in seconds since the epoch; the first look at them tells more.
    soonest: float = 0.0
    #: How each type is shown, worked out when it first is.
    shapes: dict[Any, Any] = field(factory=dict, init=False)
    _specs: dict[str, ResourceSpec] = field(init=False)
    _parents: dict[str, str] = field(init=False)
    _fields: dict[str, Mapping[str, FieldSpec]] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self._specs = {spec.name: spec for spec in self.index.specs()}
        # Two resources may go by one placeholder; it is named after the one that it identifies.
        keyed = [spec for spec in self._specs.values() if spec.path and spec.key_param]
        keyed.sort(key=lambda spec: spec.key_param == f"{spec.snake}_{spec.key}")
        self._parents = {spec.key_param: spec.name for spec in keyed}

    @property
    def specs(self) -> Mapping[str, ResourceSpec]:
        """Every resource by its name."""
        return self._specs

    @property
    def parents(self) -> Mapping[str, str]:
        """The resource that a placeholder names an item of: `content_guid` → `Content`."""
        return self._parents

    def sleep(self, seconds: float) -> bool:
        """Wait by the server's clock, and say whether the server goes on; it returns at once when it ends."""
        return self.clock.sleep(seconds, self.stopped)

    def now(self) -> str:
        """Return the present moment as Connect writes it."""
        return stamp(self.clock.now())

    def fields(self, name: str) -> Mapping[str, FieldSpec]:
        """Return the fields of a resource or a nested type, as this version of the server has them."""
        if name not in self._fields:
            fields = self.index.type(name).fields
            self._fields[name] = {each: spec for each, spec in fields.items() if self.has(spec.since)}
        return self._fields[name]

    def key_of(self, kind: str) -> str:
        """Return how the key of a resource is called in its records; empty if it has none."""
        key = self._specs[kind].key
        spec = self.fields(kind).get(key)
        return (spec.wire or key) if spec else key

    def has(self, since: str) -> bool:
        """Whether what there is from a release on is there on this server."""
        return reached(since, self.version)
