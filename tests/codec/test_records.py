"""What msgspec has read becomes records, and nobody but the reader notices how."""

import json
from typing import ClassVar

import attrs
import pytest

from connectapi.codec.decode import Reader
from connectapi.resource.record import Record


class Listening:
    __slots__ = ()
    heard: ClassVar = []

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Listening.heard.append(cls)

    def __setattr__(self, name, value):
        raise AssertionError("nothing is assigned while an answer is read")


@pytest.fixture
def thing():
    members = {name: attrs.field(type=str | None, default=None) for name in ("guid", "name")}
    return attrs.make_class("Thing", members, bases=(Listening, Record), slots=True, weakref_slot=False, kw_only=True)


@pytest.mark.parametrize("count", [1, 100])
def test_a_mixin_hears_of_no_further_class_and_of_no_assignment(thing, count):
    before = list(Listening.heard)
    sent = [{"guid": str(index), "new": index} for index in range(count)]
    found = Reader(list[thing], "Thing").read(json.dumps(sent).encode())

    assert Listening.heard == before
    assert [type(each) for each in found] == [thing] * count
    assert [(each.guid, each.name, each.extra) for each in found] == [
        (str(index), None, {"new": index}) for index in range(count)
    ]
