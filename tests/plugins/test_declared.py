"""What tells, before `importlib.metadata` loads, that there is no plugin to find."""

import sys
import zipfile
from importlib.metadata import distributions, entry_points

from connectapi.plugins.declared import may_declare


def test_every_group_that_some_package_declares_is_found():
    declared = {each.group for package in distributions() for each in package.entry_points}

    assert {group for group in declared if may_declare(group)} == declared
    assert "console_scripts" in declared


def test_a_group_that_no_package_declares_is_not_found():
    assert not may_declare("connectapi.nobody")


def test_a_package_in_an_archive_is_left_to_importlib(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "one.zip", "w") as archive:
        archive.writestr("one-1.0.dist-info/METADATA", "Name: one\nVersion: 1.0\n")
        archive.writestr("one-1.0.dist-info/entry_points.txt", "[connectapi.nobody]\none = one\n")
    monkeypatch.syspath_prepend(tmp_path / "one.zip")

    assert [each.name for each in entry_points(group="connectapi.nobody")] == ["one"]
    assert may_declare("connectapi.nobody")


def test_a_package_in_an_egg_is_left_to_importlib(tmp_path, monkeypatch):
    info = tmp_path / "one-1.0.egg" / "EGG-INFO"
    info.mkdir(parents=True)
    (info / "PKG-INFO").write_text("Name: one\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[connectapi.nobody]\none = one\n")
    monkeypatch.syspath_prepend(info.parent)

    assert may_declare("connectapi.nobody")


def test_where_packages_are_found_in_other_ways_importlib_is_asked(monkeypatch):
    class Finder:
        @staticmethod
        def find_spec(_name, _path=None, _target=None):
            return None

        @staticmethod
        def find_distributions(_context=None):
            return []

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])

    assert may_declare("connectapi.nobody")


def test_places_that_are_not_there_or_no_text_are_passed_over(tmp_path, monkeypatch):
    (tmp_path / "one-1.0.dist-info" / "entry_points.txt").mkdir(parents=True)
    (tmp_path / "two-1.0.dist-info").write_text("a file where a folder is usual")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "gone"), str(tmp_path)])

    assert not may_declare("connectapi.nobody")
