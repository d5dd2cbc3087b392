"""What the pages of `docs/plugins/` show of an example is what the example has."""

import re
from pathlib import Path

import pytest

from connectapi.plugins import hookspecs

DOCS = Path(__file__).parents[2] / "docs"

#: A block whose first line names a file below `docs/examples/`.
BLOCK = re.compile(r"```\w+\n# ([\w-]+/\S+)\n(.*?)```", re.DOTALL)

HOOKS = [name for name in hookspecs.__all__ if hasattr(getattr(hookspecs, name), "connectapi_spec")]

SHOWN = [
    pytest.param(page, *block, id=f"{page.stem}: {block[0]}")
    for page in sorted((DOCS / "plugins").glob("*.md"))
    for block in BLOCK.findall(page.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("page", "file", "text"), SHOWN)
def test_a_page_shows_an_example_as_it_is(page, file, text):
    assert text.strip() in (DOCS / "examples" / file).read_text(encoding="utf-8")
    assert f"](../examples/{file.partition('/')[0]}/)" in page.read_text(encoding="utf-8")


def test_every_hook_has_a_recipe_that_shows_it_and_an_example_that_runs_it():
    recipes = {page.name: page.read_text(encoding="utf-8") for page in (DOCS / "plugins").glob("*.md")}
    packages = [file.parent for file in (DOCS / "examples").glob("*/pyproject.toml")]
    code = "\n".join(file.read_text(encoding="utf-8") for each in packages for file in each.rglob("*.py"))
    contents = (DOCS / "plugins.md").read_text(encoding="utf-8")

    assert len(HOOKS) > 10
    for hook in HOOKS:
        assert re.search(rf"@hookimpl\n *def {hook}\(", code), hook
        assert any(re.search(rf"^# .*`{hook}`", text, re.MULTILINE) for text in recipes.values()), hook
        assert f"`{hook}`" in contents, hook
    for package in packages:
        assert any(f"](../examples/{package.name}/)" in text for text in recipes.values()), package.name
