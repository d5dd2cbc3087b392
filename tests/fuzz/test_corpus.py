"""The corpus, and a short search beside it: what was found once is tried in every run."""

import importlib.util
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

_SPEC = importlib.util.spec_from_file_location("fuzz_targets", Path(__file__).with_name("targets.py"))
targets = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(targets)

#: How many examples; a longer search: `tox -e fuzz`, or CONNECTAPI_FUZZ=5000 pytest tests/fuzz
EXAMPLES = int(os.environ.get("CONNECTAPI_FUZZ", "40"))

searching = settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

INPUTS = {target: targets.inputs(target) for target in targets.TARGETS}


@pytest.mark.parametrize(("target", "name"), [(target, name) for target in INPUTS for name in INPUTS[target]])
def test_what_was_found_once_keeps_every_promise(target, name):
    targets.TARGETS[target](INPUTS[target][name])


# Answers -------------------------------------------------------------------------------------------

KEYS = st.sampled_from(
    [
        *("id", "key", "name", "size", "share", "live", "made", "free", "words", "counts", "owner", "parts", "by"),
        *(
            "guid",
            "deep",
            "at",
            "number",
            "more",
            "text",
            "results",
            "total",
            "paging",
            "cursors",
            "next",
            "x",
            "_extra",
        ),
    ]
) | st.text(max_size=4)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4)
    | st.sampled_from(
        ["1", "1.0", "true", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00", "1e5", " 1", "١", 2**63, -(2**63)]
    )
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=12,
)
RECORDS = st.dictionaries(KEYS, JSON, max_size=8)
ANSWERS = (
    RECORDS | st.lists(RECORDS | st.none(), max_size=3) | st.fixed_dictionaries({"results": st.lists(RECORDS)}) | JSON
)


@searching
@given(ANSWERS)
def test_whatever_json_comes_both_roads_and_the_rows_agree(value):
    targets.answer(msgspec.json.encode(value))


#: Pieces of JSON that no encoder writes, to stand among others.
PIECES = st.sampled_from(
    [
        *(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            '"',
            '"id"',
            '"owner"',
            '"parts"',
            '"x"',
            '{"id":1}',
            '"\\ud800"',
            "1e999",
            "-0",
        ),
        *(
            "1" + "0" * 400,
            "9" * 50,
            "1.0",
            "NaN",
            "tru",
            "\\",
            "\x00",
            "\ufeff",
            " ",
            "null",
            "0.1e-400",
            "/**/",
            "'a'",
        ),
    ]
)


@searching
@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=8))
def test_whatever_text_comes_instead_of_json_is_refused_the_same_way(text):
    targets.answer(text.encode("utf-8", "surrogatepass"))


@st.composite
def changed(draw, target):
    """An input of the corpus, with a piece of it doubled, lost, moved or replaced."""
    data = draw(st.sampled_from([each for each in INPUTS[target].values() if 0 < len(each) < 30_000]))
    for _ in range(draw(st.integers(1, 3))):
        at, size = draw(st.integers(0, len(data))), draw(st.integers(0, 40))
        other = draw(st.integers(0, len(data)))
        piece = draw(st.sampled_from([b"", data[at : at + size], data[other : other + size]]) | st.binary(max_size=6))
        data = data[:at] + piece + data[at + draw(st.sampled_from([0, size])) :]
    return data


@searching
@given(changed("answer"))
def test_whatever_becomes_of_an_answer_both_roads_agree(data):
    targets.answer(data)


@searching
@given(changed("spec"))
def test_whatever_becomes_of_a_resource_file_it_is_read_or_refused_in_words(data):
    targets.spec(data)


@searching
@given(changed("archive"))
def test_whatever_becomes_of_an_archive_nothing_leaves_its_directory(data):
    targets.archive(data)
