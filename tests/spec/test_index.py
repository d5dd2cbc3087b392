import threading

import pytest

from connectapi.errors import PluginError, SpecError
from connectapi.spec.cache import read_file
from connectapi.spec.index import Folder, SpecIndex, builtin_folder
from connectapi.spec.scan import scan

ONE = 'name: Widget\ncollection: widgets\ndoc: "x"\ntypes:\n  Knob: {size: int}\n  Dial:\n    fields: {size: int}\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "widget.yaml").write_text(ONE, encoding="utf-8")
    return tmp_path


def index(*folders):
    return SpecIndex(tuple(folders))


def test_names_are_found_without_parsing(folder):
    (folder / "broken.yaml").write_text("name: Broken\ndoc: 3\n", encoding="utf-8")
    found = index(Folder(folder))

    assert found.names() == ["Broken", "Dial", "Knob", "Widget"]
    assert found.resources() == ["Broken", "Widget"]
    assert found.collections() == {"widgets": "Widget"}
    assert found.owner_of("Knob") == "Widget"
    with pytest.raises(SpecError, match=r"broken\.yaml:2: doc"):
        found.resource("Broken")


def test_a_resource_in_a_file_of_its_name_is_found_without_a_look_at_the_others(folder):
    (folder / "other.yaml").write_bytes(b"\xff\xff")

    assert index(Folder(folder)).resource("Widget").name == "Widget"


def test_the_look_at_a_text_finds_what_parsing_finds():
    for file in builtin_folder().glob("*.yaml"):
        declared = scan(file.read_text(encoding="utf-8"))
        parsed = [(spec.name, spec.collection, tuple(spec.types)) for spec in read_file(file)]

        assert declared is not None, file
        assert [(each.name, each.collection, each.types) for each in declared] == parsed


@pytest.mark.parametrize("text", ["{name: Widget, doc: x}\n", "'name': Widget\ndoc: x\n", 'name: "Widget"\ndoc: x\n'])
def test_a_file_in_another_style_is_parsed_for_its_names(tmp_path, text):
    (tmp_path / "odd.yaml").write_text(text, encoding="utf-8")

    assert index(Folder(tmp_path)).names() == ["Widget"]


def test_like_takes_over_the_fields_of_another_but_not_that_they_can_be_written(folder):
    (folder / "user.yaml").write_text(
        "name: User\ndoc: x\nkey: guid\nfields: {guid: guid, name: {type: str, write: always}}\n"
        "---\nname: Member\ndoc: x\nlike: User\nkey: guid\nfields: {since: datetime}\n"
        "types:\n  Found: {like: User, fields: {ticket: str}}\n",
        encoding="utf-8",
    )
    found = index(Folder(folder))

    assert list(found.resource("Member").fields) == ["guid", "name", "since"]
    assert found.resource("Member").fields["name"].write == "never"
    assert list(found.type("Found").fields) == ["guid", "name", "ticket"]


def test_like_may_name_what_stands_in_the_same_file(folder):
    (folder / "user.yaml").write_text(
        "name: User\ndoc: x\nfields: {guid: guid}\ntypes:\n  Found: {like: User, fields: {ticket: str}}\n"
        "  Lost:\n    like: Found\n",
        encoding="utf-8",
    )
    found = index(Folder(folder))

    assert list(found.type("Found").fields) == ["guid", "ticket"]
    assert list(found.type("Lost").fields) == ["guid", "ticket"]


def test_like_that_leads_back_to_itself_is_a_spec_error(folder):
    (folder / "user.yaml").write_text("name: User\ndoc: x\nlike: Crowd\n", encoding="utf-8")
    (folder / "crowd.yaml").write_text("name: Crowd\ndoc: x\nlike: User\n", encoding="utf-8")

    with pytest.raises(SpecError, match="User → Crowd → User"):
        index(Folder(folder)).resource("User")


def test_a_key_that_no_field_has_is_found_when_fields_are_taken_over(folder):
    (folder / "user.yaml").write_text(
        "name: User\ndoc: x\nfields: {name: str}\n---\nname: Member\ndoc: x\nlike: User\nkey: guid\n", encoding="utf-8"
    )

    with pytest.raises(SpecError, match="Member has no field called 'guid'"):
        index(Folder(folder)).resource("Member")


def test_an_unknown_name_is_a_spec_error_with_the_nearest_one(folder):
    with pytest.raises(SpecError, match=r"declares 'Wigdet' \(did you mean 'Widget'\?\)"):
        index(Folder(folder)).resource("Wigdet")


def test_two_plugins_that_declare_the_same_are_refused_by_name(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "widget.yaml").write_text(ONE, encoding="utf-8")
    found = index(Folder(folder, "first"), Folder(other, "second"))

    with pytest.raises(PluginError, match=r"plugin 'second': widget\.yaml declares the class Widget.*'first'"):
        found.resource("Widget")


def test_one_plugin_that_declares_the_same_twice_is_a_spec_error(folder):
    (folder / "again.yaml").write_text(ONE, encoding="utf-8")

    with pytest.raises(SpecError, match=r"widget\.yaml: the class Widget is declared in again\.yaml already"):
        index(Folder(folder)).names()


def test_a_folder_that_is_not_there_names_its_plugin(tmp_path):
    with pytest.raises(PluginError, match=r"plugin 'lost'.*is not a folder"):
        index(Folder(tmp_path / "none", "lost")).names()


def test_threads_that_ask_at_once_get_the_same(folder):
    found = index(Folder(folder))
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(found.resource("Widget"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 16
    assert all(each is answers[0] for each in answers)
