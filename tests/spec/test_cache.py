"""Kept forms of resource files: as good as the YAML, and never believed when it says something else."""

import os
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from connectapi.spec.cache import read_file
from connectapi.spec.index import builtin_folder
from connectapi.spec.load import load_text

TEXT = 'name: Widget\ndoc: "A thing."\nfields:\n  made: datetime\n'


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    path = tmp_path / "widget.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def kept(file):
    (found,) = (file.parent / "__pycache__").iterdir()
    return found


@pytest.mark.parametrize("source", sorted(builtin_folder().glob("*.yaml")), ids=lambda path: path.name)
def test_a_kept_form_says_what_the_file_says(source, file):
    file.write_bytes(source.read_bytes())
    first = read_file(file)
    again = read_file(file)

    assert kept(file).is_file()
    assert again == first
    assert [each.file for each in again] == [str(file)] * len(again)
    assert [attrs.asdict(each) for each in again] == [attrs.asdict(each) for each in first]


def test_a_changed_file_is_read_anew(file):
    read_file(file)
    file.write_text(TEXT.replace("datetime", "str"), encoding="utf-8")

    assert read_file(file)[0].fields["made"].type == "str"
    assert read_file(file)[0].fields["made"].type == "str"


def test_a_wrong_file_is_refused_each_time_and_nothing_is_kept(file):
    file.write_text(TEXT.replace("datetime", "date"), encoding="utf-8")

    for _ in range(2):
        with pytest.raises(Exception, match="unknown type 'date'"):
            read_file(file)
    assert not (file.parent / "__pycache__").exists()


@pytest.mark.parametrize("damage", [b"", b"{", b"null", b"\xff\xfe", b'{"key":"x","specs":[]}', b"[" * 100_000])
def test_a_damaged_kept_form_counts_for_nothing(file, damage):
    before = read_file(file)
    kept(file).write_bytes(damage)

    assert read_file(file) == before
    assert read_file(file) == before


def test_python_s_own_switches_count_here_too(file, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    read_file(file)
    assert not (file.parent / "__pycache__").exists()

    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "elsewhere"))
    read_file(file)
    assert not (file.parent / "__pycache__").exists()
    assert [each.name.partition(".")[0] for each in (tmp_path / "elsewhere").rglob("*.json")] == ["widget"]


def test_where_nothing_can_be_kept_the_yaml_is_read(file):
    (file.parent / "__pycache__").write_text("in the way")

    assert read_file(file) == load_text(TEXT, file=str(file))


def test_a_kept_form_spares_yaml_and_cattrs():
    code = (
        "import sys, connectapi\n"
        "connectapi.Content\n"
        "print(sorted({'yaml', 'cattrs'} & {each.partition('.')[0] for each in sys.modules}))"
    )
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}

    def run():
        return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    run()  # the first may have to keep them
    if not any(Path(builtin_folder(), "__pycache__").glob("content.*")):
        pytest.skip("nothing can be kept beside the resource files here")
    assert run().stdout.strip() == "[]"
