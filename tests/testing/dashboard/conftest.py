"""A server that can be looked at as a whole, and people who look at it as a browser does, without scripts."""

import html.parser
from urllib.parse import urlencode, urljoin, urlsplit

import pytest

from connectapi.testing import ConnectServer

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
WIDGET = """\
name: Widget
collection: widgets
path: /v1/widgets
key: guid
label: [guid, title, made_time]
doc: "A thing that only this plugin's servers have."
fields:
  guid: {type: guid, doc: "Identifies the widget."}
  title: {type: str, write: always, doc: "Shown to people."}
  owner_guid: {type: guid, write: always, doc: "Whose it is."}
  sizes: {type: map of int, write: always, doc: "How large it is."}
  password: {type: str, write: always, secret: true, doc: "Opens it."}
  made_time: {type: datetime, doc: "When it was made."}
methods: {get: {page: offset, params: {title: {type: str, doc: "The title."}}}, get_one: {}, create: {required: [title]}}
relations:
  owner_user: {one: User, by: owner_guid, doc: "Whose it is."}
  screws: {many: Screw, doc: "What holds it together."}
---
name: Screw
collection: screws
path: /v1/widgets/{widget_guid}/screws
key: id
label: [id, thread]
doc: "A part of a widget."
fields:
  id: {type: id, doc: "Identifies the screw."}
  thread: {type: str, write: always, doc: "Its thread."}
methods: {get: {}, get_one: {}, create: {required: [thread]}}
"""

#: Never to be seen by anyone, on any page.
SECRETS = ("correct-horse", "battery-staple")
HOSTILE = [
    "<script>alert(1)</script>",
    "\"quoted\" 'and' `ticked` & more </title></style></textarea>",
    "\u202eright to left\u202c עברית",
    "W" * 900,
    "{{ 7 * 7 }} {% raw %}",
]


class Page(html.parser.HTMLParser):
    """One answer, with what there is to click on; `faults` are what is wrong with its HTML."""

    def __init__(self, path, answer):
        super().__init__()
        self.path, self.status, self.headers = path, answer.status, answer.headers
        self.text, self.next = answer.data.decode(errors="replace"), None
        self.links, self.ids, self.forms, self.faults, self.words = [], [], [], [], []
        self._open, self._labelled, self._named, self._hidden = [], [], [], 0
        if self.is_html:
            self.feed(self.text)
            self.close()
            self._check()

    @property
    def is_html(self):
        return self.headers.get("Content-Type", "").startswith("text/html")

    @property
    def said(self):
        """The text that people read."""
        return " ".join(" ".join(self.words).split())

    def form(self, action):
        return next(form for form in self.forms if form["action"] == action)

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag not in VOID:
            self._open.append(tag)
        self._misplaced(tag, attrs)
        if "id" in names:
            self.ids.append(names["id"])
        self._named += [names[name] for name in ("aria-labelledby", "aria-describedby", "for") if name in names]
        if tag in {"a", "link", "img"} and not names.get("href", "").startswith("data:image/"):
            self.links.append(names.get("href") or names.get("src") or "")
        if names.get("rel") == "next":
            self.next = names["href"]
        if tag == "form":
            self.forms.append({"action": names.get("action", self.path), "fields": {}})
        if tag == "input" and names.get("type") != "submit":
            self.forms[-1]["fields"][names["name"]] = names.get("value", "")
            self._labelled += [names.get("id")] if names.get("type") != "hidden" else []

    def _misplaced(self, tag, attrs):
        names = dict(attrs)
        if len(names) < len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        if tag == "a" and self._open.count("a") > 1:
            self.faults.append("a link in a link")
        if tag in {"div", "p", "table", "ul", "dl", "form", "section", "h2"} and "p" in self._open[:-1]:
            self.faults.append(f"<{tag}> in <p>")
        if tag in {"script", "iframe", "object", "embed", "base"} or any(name.startswith("on") for name in names):
            self.faults.append(f"<{tag} {names}>")

    def handle_endtag(self, tag):
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> at line {self.getpos()[0]} closes nothing")

    def handle_data(self, data):
        if self._open and self._open[-1] != "style":
            self.words.append(data)

    def _check(self):
        self.faults += [f"<{tag}> stays open" for tag in self._open]
        self.faults += [f"two ids {name}" for name in set(self.ids) if self.ids.count(name) > 1]
        self.faults += [f"no id {name}" for names in self._named for name in names.split() if name not in self.ids]
        self.faults += [f"no label for {name}" for name in self._labelled if name not in self._named]
        if self.text.count("<h1") != 1 or '<html lang="en">' not in self.text:
            self.faults.append("one heading and a language are missing")


class Person:
    """Somebody with a browser; without a key, somebody who has not signed in."""

    def __init__(self, caller, key=None):
        self._caller, self.cookie = caller, ""
        if key is not None:
            answer = self.post("/connect/", url="/connect/", key=key)
            assert answer.status == 303, answer

    @property
    def _headers(self):
        return {"Cookie": self.cookie, "Accept": "text/html"}

    def see(self, path, **headers):
        return Page(path, self._caller.send("GET", path, headers={**self._headers, **headers}))

    def post(self, path, headers=None, **fields):
        sent = {**self._headers, "Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        answer = self._caller.send("POST", path, urlencode(fields), headers=sent)
        if "Set-Cookie" in answer.headers:
            self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return answer

    def submit(self, form, **fields):
        return self.post(form["action"], **{**form["fields"], **fields})

    def crawl(self, start="/connect/", most=900):
        """Yield every page of the dashboard that links lead to, one after the other."""
        seen, waiting = {start}, [start]
        while waiting:
            path = waiting.pop()
            page = self.see(path)
            yield page
            for link in page.links if path.startswith("/connect/") else ():
                target = urlsplit(urljoin(path, link))
                assert not target.netloc, f"{path} leads to another server: {link}"
                address = target._replace(fragment="").geturl()
                if address not in seen:
                    seen.add(address)
                    waiting.append(address)
            assert len(seen) < most, "the dashboard goes on for ever"


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    """A server with little in it, some of it hostile, that tests only look at."""
    folder = tmp_path_factory.mktemp("widgets")
    (folder / "widget.yaml").write_text(WIDGET, encoding="utf-8")
    with ConnectServer(sample=False, pace=0, folders=[folder]) as server:
        yield server


@pytest.fixture(scope="session")
def furnished(house, connect, pack):
    """The same, with people, tags, and content of every kind and state; the guids of some of it by name."""
    admin = connect(house.url, house.api_key)
    people = {}
    for username, role in [("pat", "publisher"), ("vic", "viewer")]:
        people[username] = admin.post("/v1/users", {"username": username, "user_role": role}).json["guid"]
    group = admin.post("/v1/groups", {"name": HOSTILE[0]}).json["guid"]
    admin.post(f"/v1/groups/{group}/members", {"user_guid": people["vic"]})
    top = admin.post("/v1/tags", {"name": "Top"}).json["id"]
    tag = admin.post("/v1/tags", {"name": HOSTILE[1], "parent_id": top}).json["id"]
    pat = connect(house.url, house.key_for("pat"))
    made = {"tag": tag, "group": group, **people}
    for i, title in enumerate(HOSTILE):
        made[f"hostile-{i}"] = pat.site(title=title, description=title, access_type="all")
    made["shared"] = pat.site(title="Shared with a group")
    pat.post(
        f"/v1/content/{made['shared']}/permissions",
        {"principal_guid": group, "principal_type": "group", "role": "viewer"},
    )
    pat.post(f"/v1/content/{made['shared']}/tags", {"tag_id": tag})
    made["hidden"] = pat.site(title="Nobody else sees this")
    pat.call("PATCH", f"/v1/content/{made['hidden']}/environment", [{"name": "DOOR", "value": SECRETS[0]}])
    pat.put(f"/v1/content/{made['hidden']}/vanity", {"path": "/a/path/"})
    pat.patch(f"/v1/content/{made['hidden']}", {"locked": True, "locked_message": HOSTILE[0]})
    made["empty"] = pat.content(title="Never deployed")["guid"]
    made["report"] = pat.content(title="A report")["guid"]
    pat.upload(made["report"], pack({"index.Rmd": ""}, {"metadata": {"appmode": "rmd-static"}}))
    pat.deploy(made["report"])
    variant = pat.get(f"/applications/{made['report']}/variants").json[0]["id"]
    when = {"schedule": '{"N": 2}', "start_time": "2026-01-01T00:00:00Z", "timezone": "Europe/Berlin"}
    pat.post(f"/variants/{variant}/schedules", {"type": "day", **when})
    for guid in (made["shared"], made["hostile-0"]):
        connect(house.url, house.key_for("vic")).send("GET", f"/content/{guid}/")
    widget = {"title": HOSTILE[0], "owner_guid": people["pat"], "sizes": {"wide": 3}, "password": SECRETS[1]}
    made["widget"] = admin.post("/v1/widgets", widget).json["guid"]
    made["screw"] = admin.post(f"/v1/widgets/{made['widget']}/screws", {"thread": "M4"}).json["id"]
    return made


@pytest.fixture(scope="session")
def person(connect):
    """Make somebody with a browser: `person(server)` has not signed in, `person(server, "vic")` has."""

    def make(server, username=None):
        key = None if username is None else server.api_key if username == "admin" else server.key_for(username)
        return Person(connect(server.url), key)

    return make
