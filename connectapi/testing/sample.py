"""What a new server has in it: an administrator, or a whole organisation from sample.yaml."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

from attrs import define, field

from connectapi.testing import publishing
from connectapi.testing.caches import keep_caches
from connectapi.testing.generic import complete
from connectapi.testing.jobs import Job, add_job
from connectapi.testing.manifest import job_tag, taken_over
from connectapi.testing.people import add_user
from connectapi.testing.store import Document, Records
from connectapi.testing.usage import record_use
from connectapi.testing.variants import RENDERED, default_variant
from connectapi.testing.world import World, stamp

__all__ = ["add_administrator", "add_sample"]

_FILE: Final = Path(__file__).with_name("sample.yaml")

#: All guids of the sample are made from this one and a name.
_SPACE: Final = UUID("b9f6a0f8-6c1f-4f0e-9a51-0f4d0b6c2a11")

_DAY: Final = datetime.timedelta(days=1)


def add_administrator(world: World, records: Records) -> None:
    """Add the one user that every server has."""
    add_user(world, records, "admin", "administrator", first_name="Ada", last_name="Admin")


def add_sample(world: World, records: Records) -> None:
    """Add the sample organisation."""
    import yaml  # which a server without the sample has no use for

    # yaml.load() with a safe loader; the C one where there is one.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    sample = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    expansion = _Expansion(world, records)
    expansion.users(sample["users"])
    expansion.groups(sample["groups"])
    expansion.tags(sample["tags"], None)
    for row in sample["content"]:
        expansion.content(row, sample["sites"])
    for row in sample["special"]:
        expansion.special(dict(row))
    expansion.permissions(sample["permissions"])
    for title, path in sample["vanities"].items():
        content = expansion.titles[title]
        vanity = {"content_guid": content["guid"], "path": path, "created_time": content["created_time"]}
        records.insert("Vanity", content["guid"], vanity)
    expansion.hits()


def _guid(kind: str, name: str) -> str:
    return str(uuid5(_SPACE, f"{kind}:{name}"))


def _add(world: World, records: Records, kind: str, values: Document, scope: str = "") -> Document:
    key, document = complete(world, records, world.specs[kind], values, {})
    return records.insert(kind, key, document, scope)


@define
class _Expansion:
    """The sample on its way into the records; people, tags and content are found by their names."""

    world: World
    records: Records
    guids: dict[str, str] = field(factory=dict)
    tag_lines: dict[str, list[str]] = field(factory=dict)
    titles: dict[str, Document] = field(factory=dict)

    def users(self, rows: Mapping[str, Sequence[Any]]) -> None:
        now = self.world.clock.now()
        for username, (guid, first, last, role, made, days, *more) in rows.items():
            self.guids[username] = guid or _guid("user", username)
            user = {
                "guid": self.guids[username],
                "email": f"{username}@example.com",
                "username": username,
                "first_name": first,
                "last_name": last,
                "user_role": role,
                "created_time": f"{made}T09:00:00Z",
                "updated_time": f"{made}T09:00:00Z",
                "active_time": None if days is None else stamp(now - days * _DAY),
                "confirmed": True,
                "locked": "locked" in more,
            }
            _add(self.world, self.records, "User", user)

    def groups(self, rows: Mapping[str, Sequence[Any]]) -> None:
        for name, (owner, members) in rows.items():
            guid = self.guids[name] = _guid("group", name)
            _add(self.world, self.records, "Group", {"guid": guid, "name": name, "owner_guid": self.guids[owner]})
            for member in members:
                membership = {"guid": self.guids[member], "group_guid": guid}
                self.records.insert("GroupMember", self.guids[member], membership, guid)

    def tags(self, tree: Mapping[str, Any], parent: str | None, line: Sequence[str] = ()) -> None:
        for name, below in tree.items():
            times = dict.fromkeys(("created_time", "updated_time"), "2022-08-23T08:30:00Z")
            tag = _add(self.world, self.records, "Tag", {"name": name, "parent_id": parent, **times})
            self.tag_lines[name] = [tag["id"], *line] if parent else []
            self.tags(below, tag["id"], self.tag_lines[name])

    def content(self, row: Sequence[Any], sites: Mapping[str, Mapping[str, str]]) -> None:
        title, mode, owner, made, access, tags, description = row
        name = "-".join(title.lower().split())
        day = datetime.datetime.fromisoformat(f"{made}T08:00:00+00:00")
        made_at = day + datetime.timedelta(minutes=len(self.titles) * 7 % 540)
        lines = [line for tag in tags for line in self.tag_lines[tag]]
        content = self._content(
            title,
            guid=_guid("content", name),
            name=name,
            description=description,
            access_type=access,
            owner=owner,
            created_time=stamp(made_at),
            last_deployed_time=stamp(made_at + len(name) * _DAY),
            _tags=list(dict.fromkeys(lines)),
        )
        page = (
            f"<!DOCTYPE html>\n<title>{escape(title)}</title>\n<h1>{escape(title)}</h1>\n<p>{escape(description)}</p>\n"
        )
        files = sites.get(title) or ({"index.html": page} if mode == "static" else {"app": "# Nothing of this runs.\n"})
        category = "pin" if description.startswith("A pin:") else "site" if title in sites else ""
        self._deployed(content, mode, files, category)

    def special(self, row: Document) -> None:
        title = row.pop("title")
        content = self._content(title, **row)
        if (bundle_id := content.get("bundle_id")) is not None:
            self._bundle(content, bundle_id, content["app_mode"], {"notebook.ipynb": "{}"}, "")

    def _content(self, title: str, *, owner: str, **values: Any) -> Document:
        document = {"title": title, "owner_guid": self.guids[owner], "app_mode": "unknown", **values}
        self.titles[title] = _add(self.world, self.records, "Content", document)
        return self.titles[title]

    def _deployed(self, content: Document, mode: str, files: Mapping[str, str], category: str) -> None:
        number = str(self.records.number("Bundle", publishing.FIRST_BUNDLE))
        manifest = self._bundle(content, number, mode, files, category)
        if mode == "static":
            done = publishing.deploy(self.world, content, {"id": number})
            self.records.change("Bundle", number, done.bundle, content["guid"])
            changes, lines = done.content, done.lines
        else:
            changes = taken_over(manifest, {})
            lines = [f"Building {mode} content…", "The bundle is in use now."]
        after = self.records.change("Content", content["guid"], {**changes, "bundle_id": number})
        self.titles[content["title"]] = after
        keep_caches(self.records, after)
        if mode in RENDERED:
            default_variant(self.records, content, content["created_time"])
        start = datetime.datetime.fromisoformat(content["last_deployed_time"].replace("Z", "+00:00"))
        tag, key = job_tag(mode), f"{UUID(content['guid']).int:x}"[:16]
        job = Job(bundle_id=number, tag=tag, lines=lines, begun=start.timestamp(), key=key)
        add_job(self.records, content, job)

    def _bundle(self, content: Document, number: str, mode: str, files: Mapping[str, str], category: str) -> Document:
        manifest = _manifest(mode, files, category)
        packed = {"manifest.json": json.dumps(manifest, indent=1), **files}
        path = publishing.archive_path(self.world, content["guid"], number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_archive(tuple(packed.items())))
        versions = taken_over(manifest, {})
        bundle = {
            "id": number,
            "content_guid": content["guid"],
            "created_by": content["owner_guid"],
            "created_time": content["last_deployed_time"],
            "size": path.stat().st_size,
            "_mode": mode,
            "_deployed": True,
            "_was_active": True,
            **{name: versions[name] for name in ("r_version", "py_version", "quarto_version")},
        }
        self.records.insert("Bundle", number, bundle, content["guid"])
        return manifest

    def permissions(self, rows: Mapping[str, Mapping[str, str]]) -> None:
        for title, shares in rows.items():
            guid = self.titles[title]["guid"]
            for name, role in shares.items():
                kind = "group" if name[0].isupper() else "user"
                values = {
                    "content_guid": guid,
                    "principal_guid": self.guids[name],
                    "principal_type": kind,
                    "role": role,
                }
                _add(self.world, self.records, "Permission", values, guid)

    def hits(self) -> None:
        """Let people have opened content: a few times a day, over the last four weeks."""
        people = [guid for name, guid in self.guids.items() if name[0].islower()]
        open_to_all = [content for content in self.titles.values() if content["access_type"] != "acl"]
        start = self.world.clock.now() - 28 * _DAY
        for i in range(70):
            content = open_to_all[i * (i + 3) // 2 % len(open_to_all)]
            moment = stamp(start + i * 0.4 * _DAY)
            anonymous = content["access_type"] == "all" and i % 3 == 0
            user = None if anonymous else people[i * 5 % len(people)]
            data = {"path": "/", "query": "", "user_agent": "Mozilla/5.0", "sec_fetch_dest": "document"}
            record_use(self.records, content, user, moment, data, {"id": content["bundle_id"]})


def _manifest(mode: str, files: Mapping[str, str], category: str) -> Document:
    metadata: Document = {"appmode": mode}
    if mode == "static":
        metadata["primary_html"] = "index.html"
    if category:
        metadata["content_category"] = category
    manifest: Document = {"version": 1, "metadata": metadata, "files": {name: {} for name in files}}
    if mode.startswith(("python-", "jupyter-", "tensorflow-")):
        manifest["python"] = {
            "version": "3.11.9",
            "package_manager": {"name": "pip", "package_file": "requirements.txt"},
        }
    if mode in {"api", "shiny"} or mode.startswith(("rmd-", "quarto-")):
        manifest["platform"] = "4.3.3"
    if mode.startswith("quarto-"):
        manifest["quarto"] = {"version": "1.4.557", "engines": ["knitr"]}
    return manifest


@cache
def _archive(files: tuple[tuple[str, str], ...]) -> bytes:
    """Pack texts into an archive that is the same each time."""
    raw = io.BytesIO()
    with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for name, text in files:
            info, data = tarfile.TarInfo(name), text.encode()
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return raw.getvalue()
