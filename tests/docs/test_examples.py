"""Every example in the README and the docs runs as it stands there, and every link leads somewhere."""

import re
import shlex
from pathlib import Path

import pytest

from connectapi import Client

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES += [*sorted((ROOT / "docs" / "plugins").glob("*.md")), ROOT / "docs" / "examples" / "README.md"]
FENCE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+)(?:#[^)]*)?\)")

#: A guid that stands in the pages for one of the reader's own.
READERS_GUID = "6fd8666d-12e6-45d1-95a0-552679a6d5f9"


def blocks(page, language):
    return [text for kind, text in FENCE.findall(page.read_text(encoding="utf-8")) if kind == language]


@pytest.fixture
def environment(fresh, monkeypatch, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reader")  # what an example writes lands here
    for each in ROOT.iterdir():
        (folder / each.name).symlink_to(each)
    monkeypatch.setenv("CONNECT_SERVER", fresh.connect_server)
    monkeypatch.setenv("CONNECT_API_KEY", fresh.connect_api_key.reveal())
    monkeypatch.setattr("webbrowser.open", lambda url: True)
    monkeypatch.chdir(folder)
    return fresh


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.name)
def test_python_examples_run_one_after_the_other(page, environment, tmp_path, capsys):
    names = {"__name__": "example", "__file__": str(tmp_path / "example.py")}
    for text in blocks(page, "python"):
        exec(compile(text, str(page), "exec"), names)
    for value in names.values():
        if isinstance(value, Client):
            value.close()

    assert "Traceback" not in capsys.readouterr().out


def commands(page):
    for text in blocks(page, "bash"):
        for line in text.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0].rsplit("/", 1)[-1] == "connectapi":
                yield words[1:]


@pytest.mark.parametrize(
    "words",
    [pytest.param(words, id=" ".join(words)) for page in PAGES for words in commands(page) if "serve" not in words],
)
def test_command_lines_run(words, environment, command_line):
    done = command_line(*words)

    assert (done.returncode, done.stderr if done.returncode else "") == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), target


def test_the_readers_guid_is_in_the_sample(environment):
    assert environment.content.get_one(READERS_GUID).guid == READERS_GUID


WITH_EXAMPLES = [file for file in sorted((ROOT / "connectapi").rglob("*.py")) if ">>>" in file.read_text("utf-8")]


@pytest.mark.parametrize("file", WITH_EXAMPLES, ids=lambda file: file.name)
def test_examples_in_docstrings_run(file, environment):
    import doctest
    import importlib

    name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    failed, tried = doctest.testmod(importlib.import_module(name))

    assert tried > 0
    assert failed == 0
