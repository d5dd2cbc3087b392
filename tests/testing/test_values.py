import pytest

from connectapi.spec.grammar import parse_type
from connectapi.testing.refusal import Refusal
from connectapi.testing.values import check, from_query, moment


def nothing(_name):
    return {}


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2024-01-31T10:20:30Z", "2024-01-31T10:20:30+00:00"),
        ("2024-01-31t10:20:30.5z", "2024-01-31T10:20:30.500000+00:00"),
        ("2024-01-31T10:20:30.123456789+02:00", "2024-01-31T08:20:30.123456+00:00"),
        ("2024-01-31", None),
        ("2024-13-31T10:20:30Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("2024-01-31T10:20:30", None),
        ("", None),
    ],
)
def test_a_moment_is_read_as_rfc_3339_has_it(text, stamp):
    read = moment(text)
    assert (read.isoformat() if read else None) == stamp


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("str", "x", "x"),
        ("str | null", None, None),
        ("id", 5, "5"),
        ("id", "5", "5"),
        ("int", -3, -3),
        ("float", 1, 1),
        ("bool", False, False),
        ("guid", "D03A6B7A-C818-4E40-8EF9-84CA567F9671", "d03a6b7a-c818-4e40-8ef9-84ca567f9671"),
        ("datetime", "2024-01-31T10:20:30+01:00", "2024-01-31T09:20:30Z"),
        ("json", None, None),
        ("list of int", [1, 2], [1, 2]),
        ("map of list of str", {"a": ["b"]}, {"a": ["b"]}),
        ("Other", {}, {}),
    ],
)
def test_a_value_of_its_type_is_kept(kind, value, kept):
    assert check("x", value, parse_type(kind), nothing) == kept


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("str", None, "x: expected text, found null."),
        ("str", 5, "x: expected text, found int '5'."),
        ("int", "5", "x: expected a whole number, found str '5'."),
        ("int", 1.5, "x: expected a whole number, found float '1.5'."),
        ("bool", 1, "x: expected true or false, found int '1'."),
        ("id", True, "x: expected text, found bool 'True'."),
        ("guid", "no", "x: 'no' is not a GUID."),
        ("datetime", "now", "x: 'now' is not an RFC 3339 date and time."),
        ("list of int", [1, "a"], "x[1]: expected a whole number, found str 'a'."),
        ("list of int", {}, "x: expected list of int, found dict '{}'."),
        ("map of int", {"a": "b"}, "x.a: expected a whole number, found str 'b'."),
        ("map of int", [], "x: expected map of int, found list '[]'."),
        ("Other", {"a": 1}, "x: unknown field 'a'."),
        ("Other", 1, "x: expected Other, found int '1'."),
    ],
)
def test_a_value_of_another_type_is_refused(kind, value, message):
    with pytest.raises(Refusal) as caught:
        check("x", value, parse_type(kind), nothing)

    assert (caught.value.status, caught.value.message) == (400, message)


def test_a_query_is_text_that_is_read_by_type():
    assert from_query("x", "-12", parse_type("int")) == -12
    assert from_query("x", "True", parse_type("bool")) is True
    assert from_query("x", "f", parse_type("bool")) is False
    assert from_query("x", "12", parse_type("id")) == "12"
    for kind, text in (("int", "1.5"), ("int", "9" * 19), ("bool", "maybe"), ("datetime", "now")):
        with pytest.raises(Refusal):
            from_query("x", text, parse_type(kind))
