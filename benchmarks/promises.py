"""Runs the tests that `docs/reliability.md` names beside each promise, and writes what came of them into its table.

python benchmarks/promises.py docs/reliability.md
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

#: A row: the promise with its tests, and the result.
ROW = re.compile(r"^(\| .* \|)[^|]*\|$")
TEST = re.compile(r"`(tests/[\w/]+\.py)`")
PASSED = re.compile(r"^(\d+) passed.*", re.MULTILINE)
SKIPPED = re.compile(r"(\d+) skipped")


def result(tests):
    """Run some tests; return what the table says of them, and whether all passed."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--no-header", *tests],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stdout.strip().splitlines()[-1]
    passed, skipped = PASSED.search(last), SKIPPED.search(last)
    if done.returncode or passed is None:
        return f"failed: {last}", False
    return f"{passed[1]} passed" + (f", {skipped[1]} skipped" if skipped else ""), True


def main():
    path, lines, well = Path(sys.argv[1]), [], True
    for line in path.read_text(encoding="utf-8").splitlines():
        tests, row = TEST.findall(line), ROW.match(line)
        if tests and row:
            said, passed = result(tests)
            well = well and passed
            line = f"{row[1]} {said} |"  # noqa: PLW2901 -- it is that line, brought up to date
            print(line, flush=True)
        lines.append(line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if not well:
        sys.exit("a promise is not kept")


if __name__ == "__main__":
    main()
