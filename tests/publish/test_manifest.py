"""manifest.json: reading, choosing the page to show first, making one for a site."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectapi.errors import BundleError
from connectapi.publish.files import SourceFile, collect
from connectapi.publish.manifest import Manifest, Metadata, choose_primary, read_manifest, static_manifest

#: As a tool writes it: keys that this package knows nothing of, a null, an entry with more than a checksum.
WRITTEN: dict[str, Any] = {
    "version": 1,
    "locale": "en_US",
    "platform": "4.3.1",
    "metadata": {
        "appmode": "python-streamlit",
        "primary_rmd": None,
        "primary_html": None,
        "entrypoint": "app.py",
        "content_category": None,
        "has_parameters": False,
        "future": [1, {"x": 2.5}],
    },
    "packages": None,
    "python": {"version": "3.11.4", "package_manager": {"name": "pip"}},
    "files": {"app.py": {"checksum": "0" * 32, "note": "as it came"}, "data/a.csv": {"checksum": "1" * 32}},
}


def site(root: Path, *pages: str) -> list[SourceFile]:
    for page in pages:
        (root / page).parent.mkdir(parents=True, exist_ok=True)
        (root / page).write_text(f"<p>{page}")
    return collect(root)


def app(root: Path, text: str | bytes | None = None, **changes: Any) -> Path:
    """A directory with an app and its manifest: what `WRITTEN` says with changes, or another text."""
    (root / "data").mkdir()
    (root / "data" / "a.csv").write_text("1")
    (root / "app.py").write_text("app = ...")
    document = {key: value for key, value in {**WRITTEN, **changes}.items() if value is not ...}
    text = json.dumps(document) if text is None else text
    (root / "manifest.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    return root / "manifest.json"


def refused(path: Path) -> str:
    with pytest.raises(BundleError) as caught:
        read_manifest(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "rsconnect write-manifest" in message
    return message


def test_a_manifest_is_read_with_all_that_it_says(tmp_path: Path) -> None:
    manifest = read_manifest(app(tmp_path))

    assert manifest.version == 1
    assert manifest.metadata.appmode == "python-streamlit"
    assert manifest.metadata.entrypoint == "app.py"
    assert manifest.metadata.primary_html is None
    assert manifest.metadata.has_parameters is False
    assert manifest.metadata.extra["future"] == [1, {"x": 2.5}]
    assert manifest.extra["python"] == WRITTEN["python"]
    assert manifest.files["app.py"] == {"checksum": "0" * 32, "note": "as it came"}


def test_a_manifest_is_written_as_it_was_read_to_the_byte(tmp_path: Path) -> None:
    text = json.dumps(WRITTEN, indent=7).replace("2.5", "2.50e0").encode()

    assert read_manifest(app(tmp_path, text)).encode() == text


def test_a_changed_copy_says_what_it_was_changed_to_and_keeps_the_rest(tmp_path: Path) -> None:
    manifest = read_manifest(app(tmp_path))

    copy = attrs.evolve(manifest, metadata=attrs.evolve(manifest.metadata, entrypoint="main.py"))

    assert json.loads(copy.encode()) == {
        **WRITTEN,
        "metadata": {**WRITTEN["metadata"], "entrypoint": "main.py"},
    }


@pytest.mark.parametrize("version", ["1.0", None, True, ...])
def test_a_known_key_with_an_unknown_kind_of_value_is_kept_as_it_came(tmp_path: Path, version: Any) -> None:
    manifest = read_manifest(app(tmp_path, version=version))

    document = json.loads(attrs.evolve(manifest, source=b"").encode())

    assert manifest.version is None
    assert document.get("version", ...) == version


def test_a_manifest_that_lists_itself_is_fine(tmp_path: Path) -> None:
    files = {**WRITTEN["files"], "manifest.json": {"checksum": ""}}

    assert "manifest.json" in read_manifest(app(tmp_path, files=files)).files


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ('{"version": 1,\n  "metadata": oops}', ":2:15:", "Expecting value"),
        ("", ":1:1:", "Expecting value"),
        ("\ufeff{}", ":1:1:", "BOM"),
        (b'{\n "a": "caf\xe9"}', ":2:11:", "not UTF-8"),
        ('{"a": NaN}', ":", "NaN is not a number of JSON"),
        ("[" * 200_000, ":", "not JSON"),
        ("[1]", ":", "found a list"),
        ('"x"', ":", "found text"),
        ("null", ":", "found nothing"),
        ("true", ":", "found a boolean"),
        ("1.5", ":", "found a number"),
    ],
)
def test_what_is_no_json_object_is_refused_with_its_place(
    tmp_path: Path, text: str | bytes, place: str, why: str
) -> None:
    message = refused(app(tmp_path, text))

    assert f"manifest.json{place} expected a JSON object" in message
    assert why in message


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"metadata": ...}, "metadata: expected an object with 'appmode', found nothing"),
        ({"metadata": []}, "metadata: expected an object with 'appmode', found a list"),
        ({"metadata": {}}, "metadata.appmode: expected the kind of content, such as 'static', found nothing"),
        (
            {"metadata": {"appmode": 5}},
            "metadata.appmode: expected the kind of content, such as 'static', found a number",
        ),
        ({"metadata": {"appmode": ""}}, "found empty text"),
        ({"files": ...}, "files: expected an object that has a key for each path, found nothing"),
        ({"files": ["app.py"]}, "files: expected an object that has a key for each path, found a list"),
        ({"files": {}}, "files: expected at least one path, found none"),
        ({"files": {"manifest.json": {}}}, "files: expected at least one path, found none"),
        (
            {"files": {"app.py": "abc"}},
            "files['app.py']: expected an object such as {'checksum': '…'}, found text",
        ),
        ({"files": {"/etc/passwd": {}}}, "'/etc/passwd' is absolute"),
        ({"files": {"C:\\boot.ini": {}}}, "'C:\\\\boot.ini' is absolute"),
        ({"files": {"../app.py": {}}}, "'../app.py' leaves the directory"),
        ({"files": {"data/../../x": {}}}, "'data/../../x' leaves the directory"),
        ({"files": {"data": {}}}, "'data' is a folder, not a file"),
        ({"files": {"\ud800": {}}}, "'\\ud800' has a name that is not UTF-8"),
    ],
)
def test_a_manifest_that_can_not_be_used_is_refused_with_what_was_expected(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    assert why in refused(app(tmp_path, **changes))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    message = refused(app(tmp_path, metadata={}, files={"gone.csv": {}, "../x": {}, "app.py": 1}))

    for fault in ("metadata.appmode", "'gone.csv' doesn't exist", "'../x' leaves", "files['app.py']"):
        assert fault in message


def test_of_many_missing_files_ten_are_named_and_the_others_counted(tmp_path: Path) -> None:
    message = refused(app(tmp_path, files={f"part-{number:02}.csv": {} for number in range(13)}))

    assert message.count("doesn't exist") == 10
    assert "'part-09.csv'" in message
    assert "… and 3 more" in message


def test_the_manifest_of_a_web_app_is_recognised(tmp_path: Path) -> None:
    message = refused(app(tmp_path, '{"short_name": "Shop", "start_url": "/", "icons": []}'))

    assert "the manifest of a web app: rename it to site.webmanifest" in message


def test_a_manifest_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "'manifest.json' doesn't exist" in refused(tmp_path / "manifest.json")


def test_a_manifest_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").mkdir()

    assert "'manifest.json' is a folder" in refused(tmp_path / "manifest.json")


@pytest.mark.parametrize(
    ("pages", "first"),
    [
        (["index.html"], "index.html"),
        (["about.html", "index.html", "sub/index.html"], "index.html"),
        (["report.html", "style.css", "sub/other.html"], "report.html"),
        (["Report.HTM", "a.txt"], "Report.HTM"),
    ],
)
def test_index_or_the_only_page_at_the_top_comes_first(tmp_path: Path, pages: list[str], first: str) -> None:
    assert choose_primary(site(tmp_path, *pages)) == first


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        (["a.html", "b.html", "c/d.html"], ["2 pages at the top", "primary=", "\n  a.html\n  b.html"]),
        (["x/a.html", "x/b.html"], ["no page at the top", "primary=", "\n  x/a.html\n  x/b.html"]),
        (["data.csv"], ["no HTML page", "primary=", "index.html", "rsconnect write-manifest"]),
    ],
)
def test_without_a_clear_first_page_the_candidates_and_the_argument_are_named(
    tmp_path: Path, pages: list[str], told: list[str]
) -> None:
    with pytest.raises(BundleError) as caught:
        choose_primary(site(tmp_path, *pages))

    assert [each for each in told if each not in str(caught.value)] == []


def test_the_manifest_of_a_site_has_the_checksum_of_each_file(tmp_path: Path) -> None:
    files = site(tmp_path, "index.html", "a/b.css")

    manifest = static_manifest(tmp_path, files, "index.html")

    assert json.loads(manifest.encode()) == {
        "version": 1,
        "metadata": {"appmode": "static", "primary_html": "index.html"},
        "files": {
            path: {"checksum": hashlib.md5((tmp_path / path).read_bytes()).hexdigest()}
            for path in ("a/b.css", "index.html")
        },
    }


@pytest.mark.parametrize(
    ("pages", "category"),
    [
        (["index.html", "a.css"], None),
        (["index.html", "a.html"], "site"),
        (["index.html", "a/b.htm"], "site"),
    ],
)
def test_more_than_one_page_makes_a_site(tmp_path: Path, pages: list[str], category: str | None) -> None:
    manifest = static_manifest(tmp_path, site(tmp_path, *pages), "index.html")

    assert manifest.metadata.content_category == category


def test_a_first_page_that_is_not_published_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"is not among.*did you mean 'index\.html'\?.*primary="):
        static_manifest(tmp_path, site(tmp_path, "index.html"), "idnex.html")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from([0.5, -1e300]) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(st.text(max_size=8) | st.just("version"), json_values, max_size=3),
    st.dictionaries(st.text(max_size=8) | st.sampled_from(["extra", "entrypoint"]), json_values, max_size=3),
)
def test_no_key_of_a_manifest_is_lost(
    tmp_path_factory: pytest.TempPathFactory, extra: dict[str, Any], about: dict[str, Any]
) -> None:
    root = tmp_path_factory.getbasetemp() / "kept"
    root.mkdir(exist_ok=True)
    (root / "a.txt").write_text("")
    document: dict[str, Any] = {**extra, "metadata": {**about, "appmode": "static"}, "files": {"a.txt": {}}}
    (root / "manifest.json").write_text(json.dumps(document))

    manifest = read_manifest(root / "manifest.json")

    assert json.loads(attrs.evolve(manifest, source=b"").encode()) == document


def test_a_manifest_compares_by_what_it_says(tmp_path: Path) -> None:
    manifest = read_manifest(app(tmp_path))

    assert manifest == attrs.evolve(manifest, source=b"")
    assert manifest != Manifest(metadata=Metadata(appmode="static"))
