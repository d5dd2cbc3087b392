"""What the pages of `docs/plugins/` show of an example is what the example has."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"

#: A block whose first line names a file below `docs/examples/`.
BLOCK = re.compile(r"```\w+\n# ([\w-]+/\S+)\n(.*?)```", re.DOTALL)

SHOWN = [
    pytest.param(page, *block, id=f"{page.stem}: {block[0]}")
    for page in sorted((DOCS / "plugins").glob("*.md"))
    for block in BLOCK.findall(page.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("page", "file", "text"), SHOWN)
def test_a_page_shows_an_example_as_it_is(page, file, text):
    assert text.strip() in (DOCS / "examples" / file).read_text(encoding="utf-8")
    assert f"](../examples/{file.partition('/')[0]}/)" in page.read_text(encoding="utf-8")
