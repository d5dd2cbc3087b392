"""What is generated and committed is what the declarations give."""

from connectapi.generate import __main__ as generate


def test_every_generated_file_is_current(capsys):
    assert generate.main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_what_is_not_current_is_found_and_mended(tmp_path):
    pages = tmp_path / "reference"
    pages.mkdir()
    old, new, lost, kept = (pages / f"{name}.md" for name in ("old", "new", "lost", "kept"))
    for each in (old, lost, kept):
        each.write_text(each.stem, encoding="utf-8")
    files = {old: "another text", new: "new", kept: "kept"}

    assert generate.outdated(files, pages) == [old, new, lost]
    generate.refresh(files, pages)
    assert generate.outdated(files, pages) == []
    assert {each.name: each.read_text("utf-8") for each in pages.iterdir()} == {
        "old.md": "another text",
        "new.md": "new",
        "kept.md": "kept",
    }


def test_coverage_needs_a_document(capsys):
    assert generate.main(["--coverage"]) == 2
    assert capsys.readouterr().err == "--coverage needs a file with an OpenAPI document\n"
