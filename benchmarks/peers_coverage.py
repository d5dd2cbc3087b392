"""Which calls of the Connect API do other clients make? Read out of their sources, without running them.

    python benchmarks/peers_coverage.py        writes benchmarks/peers_coverage.json

The Python clients are installed, at the versions below and without what they depend on, into an environment
that is deleted again; their sources are then interpreted as far as paths go. A call counts if its verb and its
path can be worked out: texts, f-strings, `+`, `%`, `posixpath.join`, names, what a constructor puts into an
attribute, what a method of `self` returns. What can't be known, such as a guid, is `{}`. A generic class that
sends to whatever path it was made with counts for every path that it is made with, whether or not somebody
calls that method. So the count is rather high than low; what is composed in other ways is missed.

`python -m connectapi.generate --coverage FILE` takes those calls that an OpenAPI document has.
"""

import ast
import itertools
import json
import re
import subprocess
import sys
import tempfile
import venv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

OUT = Path(__file__).with_suffix(".json")
VERBS = ("get", "post", "put", "patch", "delete")
UNKNOWN = frozenset({"{}"})

#: Name, version, the sources in it, and the class whose own methods send, where that is not `….client`.
PEERS = [
    ("posit-sdk", "0.17.0", "posit/connect/**/*.py", None),
    ("rsconnect-python", "1.32.0", "rsconnect/api.py", "RSConnectClient"),
]

#: The R package is in no index that can be installed from here. This list was made by reading its sources, where
#: each path stands as `v1_url("content", guid, "bundles")` beside the verb.
R_PACKAGE = {
    "name": "connectapi (R)",
    "version": "0.12.1",
    "method": "its sources, read by hand in the public repository posit-dev/connectapi, file by file at commits up to about "
    "that release (connect.R at 00fd85b, content.R and git.R at 02cb257, integrations.R and groups.R at 3194fad, "
    "deploy.R at 002ed73, and others), less what its change log says was removed by then",
    "calls": """
        GET /v1/tags, POST /v1/tags, GET /v1/tags/{}, DELETE /v1/tags/{}, GET /v1/tags/{}/content,
        GET /v1/content, POST /v1/content, GET /v1/content/{}, PATCH /v1/content/{}, DELETE /v1/content/{},
        GET /v1/content/{}/bundles, POST /v1/content/{}/bundles, DELETE /v1/content/{}/bundles/{},
        GET /v1/content/{}/bundles/{}/download, POST /v1/content/{}/deploy,
        GET /v1/content/{}/jobs, DELETE /v1/content/{}/jobs/{}, GET /v1/content/{}/jobs/{}/log,
        GET /v1/content/{}/tags, POST /v1/content/{}/tags, DELETE /v1/content/{}/tags/{},
        GET /v1/content/{}/permissions, POST /v1/content/{}/permissions, GET /v1/content/{}/permissions/{},
        PUT /v1/content/{}/permissions/{}, DELETE /v1/content/{}/permissions/{},
        GET /v1/content/{}/environment, PATCH /v1/content/{}/environment, PUT /v1/content/{}/environment,
        GET /v1/content/{}/repository, PATCH /v1/content/{}/repository, PUT /v1/content/{}/repository,
        GET /v1/content/{}/packages, GET /v1/search/content,
        GET /v1/content/{}/vanity, PUT /v1/content/{}/vanity, DELETE /v1/content/{}/vanity, GET /v1/vanities,
        PUT /v1/content/{}/thumbnail, DELETE /v1/content/{}/thumbnail,
        GET /v1/content/{}/oauth/integrations/associations, PUT /v1/content/{}/oauth/integrations/associations,
        GET /v1/oauth/integrations, POST /v1/oauth/integrations, GET /v1/oauth/integrations/{},
        PATCH /v1/oauth/integrations/{}, DELETE /v1/oauth/integrations/{}, POST /v1/oauth/integrations/credentials,
        GET /v1/tasks/{},
        GET /v1/users, POST /v1/users, PUT /v1/users, GET /v1/users/{}, PUT /v1/users/{}, GET /v1/users/remote,
        POST /v1/users/{}/lock,
        GET /v1/groups, POST /v1/groups, PUT /v1/groups, GET /v1/groups/remote, GET /v1/groups/{}/members,
        POST /v1/groups/{}/members, DELETE /v1/groups/{}/members/{}, GET /v1/experimental/groups/{}/content,
        GET /v1/instrumentation/content/visits, GET /v1/instrumentation/shiny/usage,
        GET /v1/instrumentation/content/hits, GET /v1/experimental/schedules, GET /v1/packages, GET /v1/audit_logs,
        GET /v1/server_settings/r, GET /v1/server_settings/python, GET /v1/server_settings/quarto,
        GET /v1/server_settings/tensorflow, GET /v1/timezones,
        GET /v1/system/caches/runtime, DELETE /v1/system/caches/runtime
    """,
}


@dataclass
class Scope:
    """Where an expression stands: the class of `self`, the class it is written in, and what names can hold."""

    owner: str
    place: str
    names: dict

    @property
    def module(self):
        return self.place.rpartition(":")[0]


class Sources:
    """The classes of a package, what their attributes can hold, and the calls that they make."""

    def __init__(self, files, sender):
        self.sender = sender
        self.trees = {str(file): ast.parse(file.read_text(encoding="utf-8")) for file in files}
        self.classes, self.by_name = {}, defaultdict(list)
        for module, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    self.classes[f"{module}:{node.name}"] = node
                    self.by_name[node.name].append(f"{module}:{node.name}")
        self.attributes = defaultdict(set)
        self.calls = set()

    def read(self):
        """Interpret everything until nothing new is found."""
        before = None
        while before != (before := (len(self.calls), sum(map(len, self.attributes.values())))):
            for module, tree in self.trees.items():
                for node in tree.body:
                    if isinstance(node, ast.FunctionDef):
                        self.function(node, Scope("", f"{module}:", {}))
            for owner in self.classes:
                for place, method in self.methods(owner).values():
                    self.function(method, Scope(owner, place, {}))
        return sorted(self.calls)

    def find(self, label, module):
        """Return the class that a name stands for: of the same module, or else of any."""
        known = self.by_name.get(label, [])
        return next((each for each in known if each == f"{module}:{label}"), known[0] if known else None)

    def lineage(self, owner):
        """Return a class and those it inherits from, the nearest first."""
        found = [owner]
        for node in self.classes[owner].bases:
            base = self.find(label(node.value if isinstance(node, ast.Subscript) else node), owner.rpartition(":")[0])
            if base and base not in found:
                found += [each for each in self.lineage(base) if each not in found]
        return found

    def methods(self, owner, skip=0):
        """Return the methods of a class with where each is written; of overloads the last, which has the body."""
        found = {}
        for each in reversed(self.lineage(owner)[skip:]):
            nodes = [node for node in self.classes[each].body if isinstance(node, ast.FunctionDef)]
            found.update({node.name: (each, node) for node in nodes})
        return found

    def function(self, node, scope, given=None):
        """Interpret a function; `given` is what is known of its arguments."""
        names = {each.arg: UNKNOWN for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
        scope.names = {**names, **(given or {})}
        for _ in range(3):  # a name may be made of one that is assigned below
            for each in ast.walk(node):
                if isinstance(each, ast.Assign | ast.AnnAssign) and each.value is not None:
                    for target in each.targets if isinstance(each, ast.Assign) else [each.target]:
                        self.assign(target, self.value(each.value, scope), scope)
        for each in ast.walk(node):
            if isinstance(each, ast.Call):
                self.call(each, scope)

    def assign(self, target, values, scope):
        if isinstance(target, ast.Name):
            known = scope.names.get(target.id, UNKNOWN)
            scope.names[target.id] = values if known == UNKNOWN else known | (values - UNKNOWN)
        elif scope.owner and isinstance(target, ast.Attribute) and label(target.value) == "self":
            self.attributes[scope.owner, target.attr] |= values - UNKNOWN

    def call(self, node, scope):
        """Note what is sent; follow what is made, and what is left to the class above."""
        name, receiver = label(node.func), getattr(node.func, "value", None)
        above = scope.owner and isinstance(receiver, ast.Call) and label(receiver.func) == "super"
        if above:
            level = self.lineage(scope.owner).index(scope.place) + 1
            place, method = self.methods(scope.owner, level).get(name, ("", None))
            if method is not None:
                self.function(method, Scope(scope.owner, place, {}), self.given(method, node, scope))
        elif name in VERBS and receiver is not None and self.sends(receiver, scope):
            path = (
                node.args[0] if node.args else next((k.value for k in node.keywords if k.arg in {"path", "url"}), None)
            )
            found = map(shape, self.value(path, scope) if path is not None else [])
            self.calls |= {f"{name.upper()} {each}" for each in found if each}
        elif made := self.find(name, scope.module):
            place, method = self.methods(made).get("__init__", ("", None))
            given = self.given(method, node, scope) if method is not None else {}
            if any(value != UNKNOWN for value in given.values()):
                self.function(method, Scope(made, place, {}), given)

    def sends(self, receiver, scope):
        """Whether an object is the one that sends to Connect."""
        if self.sender and scope.owner:
            return scope.owner.endswith(f":{self.sender}") and label(receiver) == "self"
        return label(receiver) == "client"

    def given(self, method, node, scope):
        """Return the arguments of a call by the names that the method has for them."""
        places = [arg.arg for arg in (*method.args.posonlyargs, *method.args.args)][1:]
        given = dict(zip(places, (self.value(arg, scope) for arg in node.args), strict=False))
        return {**given, **{each.arg: self.value(each.value, scope) for each in node.keywords if each.arg}}

    def value(self, node, scope):
        """Return the texts that an expression can be."""
        match node:
            case ast.Constant(value=str(text)):
                found = {text}
            case ast.Name(id=name):
                found = scope.names.get(name, UNKNOWN)
            case ast.JoinedStr(values=parts):
                inner = [each.value if isinstance(each, ast.FormattedValue) else each for each in parts]
                found = product("", [self.value(each, scope) for each in inner])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                found = product("", [self.value(left, scope), self.value(right, scope)])
            case ast.BinOp(left=left, op=ast.Mod()):
                found = {re.sub(r"%[sd]", "{}", each) for each in self.value(left, scope)}
            case ast.IfExp(body=yes, orelse=no):
                found = self.value(yes, scope) | self.value(no, scope)
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if scope.owner:
                found = self.attributes[scope.owner, name]
            case ast.Call(func=ast.Attribute(value=ast.Name(id="posixpath"), attr="join"), args=parts):
                found = product("/", [self.value(each, scope) for each in parts])
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)) if scope.owner:
                found = self.returned(name, scope)
            case _:
                found = UNKNOWN
        return frozenset(found) or UNKNOWN

    def returned(self, name, scope):
        _, method = self.methods(scope.owner).get(name, ("", None))
        returns = [each.value for each in ast.walk(method) if isinstance(each, ast.Return)] if method else []
        inner = Scope(scope.owner, scope.place, {})
        found = [self.value(each, inner) for each in returns if isinstance(each, ast.JoinedStr | ast.BinOp)]
        return frozenset().union(*found)


def label(node):
    return getattr(node, "attr", getattr(node, "id", ""))


def product(joint, parts):
    return frozenset(joint.join(each) for each in itertools.islice(itertools.product(*parts), 100))


def shape(path):
    """Return a path as the API's documents write it, with `{}` for what is not known; empty if it is no path."""
    path = "/" + path.partition("?")[0].strip("/")
    return re.sub(r"[^/]*\{\}[^/]*", "{}", path) if path.startswith("/v1/") else ""


def measured(python, name, version, pattern, sender):
    command = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--disable-pip-version-check",
        f"{name}=={version}",
    ]
    subprocess.run(command, check=True)
    where = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    folder = subprocess.run([python, "-c", where], check=True, capture_output=True, text=True).stdout.strip()
    files = sorted(Path(folder).glob(pattern))
    calls = Sources(files, sender).read()
    print(f"{name} {version}: {len(calls)} calls in {len(files)} files")
    return {
        "name": name,
        "version": version,
        "method": "its sources, installed and interpreted by `benchmarks/peers_coverage.py`",
        "calls": calls,
    }


def main():
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        found = [measured(str(python), *peer) for peer in PEERS]
    read = sorted({call.strip() for call in R_PACKAGE["calls"].split(",")})
    print(f"{R_PACKAGE['name']} {R_PACKAGE['version']}: {len(read)} calls, read by hand")
    OUT.write_text(json.dumps([*found, {**R_PACKAGE, "calls": read}], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
