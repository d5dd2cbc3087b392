"""pins: each type of pin is read as it was written."""

import joblib
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

FRAME = pd.DataFrame({"species": ["adelie", "gentoo"], "mass": [3700.5, 5076.0]})


@pytest.mark.parametrize("kind", ["csv", "joblib", "parquet", "arrow"])
def test_a_table_is_read_as_it_was_written(board, kind):
    if kind in {"parquet", "arrow"}:
        pytest.importorskip("pyarrow")

    written = board.pin_write(FRAME, "admin/penguins", type=kind, title="Penguins")

    read = board.pin_read("admin/penguins")
    assert_frame_equal(read, FRAME, check_dtype=kind == "joblib")
    assert (written.type, board.pin_meta("admin/penguins").type) == (kind, kind)


def test_plain_data_is_read_as_it_was_written(board):
    data = {"name": "Pingüino", "masses": [3700.5, None], "nested": {"ok": True}}

    board.pin_write(data, "admin/settings", type="json")

    assert board.pin_read("admin/settings") == data


def test_an_object_is_read_as_it_was_written(board):
    board.pin_write({"weights": np.arange(6).reshape(2, 3)}, "admin/model", type="joblib")

    assert board.pin_read("admin/model")["weights"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_a_file_is_downloaded_as_it_was_uploaded(board, tmp_path):
    joblib.dump([1, 2], tmp_path / "any.bin")

    board.pin_upload(str(tmp_path / "any.bin"), "admin/any")

    (path,) = board.pin_download("admin/any")
    assert joblib.load(path) == [1, 2]
