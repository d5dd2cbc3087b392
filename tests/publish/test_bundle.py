"""A bundle of the server, as a directory again."""

import io
import tarfile
from pathlib import Path

import pytest

from connectapi import BundleError, Client, Content, NotFoundError
from connectapi.testing import ConnectServer


@pytest.fixture(scope="module")
def server():
    with ConnectServer(sample=False, pace=0) as started:
        yield started


@pytest.fixture
def site(server):
    with Client(server.url, server.api_key) as client:
        yield Content.publish(client, "docs/examples/site", title="Penguins")


def test_what_was_published_is_a_directory_again(site, tmp_path):
    copy = site.bundles.get()[0].unpack(tmp_path / "copy")

    assert copy == tmp_path / "copy"
    assert (copy / "index.html").read_bytes() == Path("docs/examples/site/index.html").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def test_a_directory_that_is_there_is_left_alone_and_nothing_is_asked(server, site, tmp_path):
    bundle = site.bundles.get()[0]
    before = len(server.requests)

    with pytest.raises(FileExistsError, match="name a directory that is not"):
        bundle.unpack(tmp_path)
    assert len(server.requests) == before


def test_a_bundle_that_no_directory_can_be_leaves_nothing(site, tmp_path):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as tar:
        manifest = b'{"version": 1, "metadata": {"appmode": "static", "primary_html": "index.html"}, "files": {}}'
        for name, data in (("manifest.json", manifest), ("index.html", b""), ("CON.txt", b"")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    bundle = site.bundles.create(archive=raw.getvalue())

    with pytest.raises(BundleError, match="Windows reserves"):
        bundle.unpack(tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_that_is_gone_leaves_nothing(site, tmp_path):
    bundle = site.bundles.get()[0]
    Content.publish(site._binding.client, "docs/examples/site", guid=site.guid)
    bundle.delete()

    with pytest.raises(NotFoundError):
        bundle.unpack(tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []
