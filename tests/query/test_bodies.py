"""Bodies that are not JSON: forms, uploads, downloads."""

import io
from urllib.parse import parse_qs

import pytest

from connectapi.types import Secret


def test_a_download_takes_any_media_type(widget, answers):
    answers.on("GET /v1/widgets/w1/export", b"bytes")
    widget.export(to=io.BytesIO())

    assert answers.asked[0].headers["Accept"] == "*/*"


def test_a_form_is_sent_as_one(widget_class, session, answers):
    answers.on("POST /v1/exchange", {"access_token": "t"})

    assert widget_class.exchange(session, grant_type="g", subject="s") == {"access_token": "t"}
    assert parse_qs(answers.asked[0].body.decode()) == {"grant_type": ["g"], "subject": ["s"]}
    assert answers.asked[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    widget_class.exchange(session, subject=Secret("s"))
    assert parse_qs(answers.asked[1].body.decode()) == {"grant_type": ["exchange"], "subject": ["s"]}


@pytest.mark.parametrize("make", [bytes, io.BytesIO, "path"])
def test_an_upload_comes_from_bytes_a_file_or_a_path(catalog, session, answers, tmp_path, make):
    answers.on("POST /v1/widgets/w1/parts", {"id": "9"})
    (tmp_path / "part").write_bytes(b"data")
    source = tmp_path / "part" if make == "path" else make(b"data")
    part = catalog.record("Part").create(session, "w1", source, checksum="abc")

    assert part.id == "9"
    assert answers.asked[0].body == b"data"
    assert answers.asked[0].headers["Content-Type"] == "application/gzip"
    assert answers.asked[0].headers["X-Content-Checksum"] == "abc"


def test_a_download_goes_to_a_path_or_a_file(widget, answers, tmp_path):
    answers.on("GET /v1/widgets/w1/export", b"bytes")

    assert widget.export(to=tmp_path / "out") == tmp_path / "out"
    assert (tmp_path / "out").read_bytes() == b"bytes"
    target = io.BytesIO()
    assert widget.export(to=target) is None
    assert target.getvalue() == b"bytes"
    with pytest.raises(TypeError, match=r"export\(\) needs 'to'"):
        widget.export()
