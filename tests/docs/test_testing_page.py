"""The files that the page on testing shows are there, and pass, in a run of pytest as its readers have it."""

import re
from importlib import metadata
from pathlib import Path

pytest_plugins = ("pytester",)

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
FILE = re.compile(r"```\w+\n# ([\w/.]+)\n(.*?)```", re.DOTALL)
MODULE = "connectapi.testing.fixtures"


def test_its_files_pass(pytester):
    files = dict(FILE.findall(PAGE.read_text(encoding="utf-8")))
    for name, text in files.items():
        (pytester.path / name).write_text(text, encoding="utf-8")
    loaded = [] if any(each.value == MODULE for each in metadata.entry_points(group="pytest11")) else ["-p", MODULE]
    result = pytester.runpytest_subprocess("-q", "--strict-markers", "-W", "error", "-p", "no:cacheprovider", *loaded)

    assert {"conftest.py", "test_sites.py", "test_report.py"} <= files.keys()
    assert result.ret == 0
    result.assert_outcomes(passed=sum(text.count("def test_") for text in files.values()))
