"""What is wrong with a seed is told before anything of it is there."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectapi.errors import SeedError
from connectapi.testing import ConnectServer, FakeClock

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)


@pytest.fixture(scope="module")
def own():
    """A server that tests of faults share: none of them leaves anything in it."""
    with ConnectServer(sample=False, clock=FakeClock(NOW), pace=0) as server:
        yield server


def faults(own, file):
    with pytest.raises(SeedError) as error:
        own.seed(file)
    return str(error.value).splitlines()


def test_every_fault_is_told_at_once_with_its_line(own, seed_file):
    seed = seed_file("""\
        users:
          anna: {user_role: boss, frist_name: Anna}
          ben: {created_time: yesterday}
        content:
          - name: no good name
            owner: ann
          - {title: Nameless}
          - name: ok
            tags: [Nowhere]
            environment: {A: 5}
            permissions: {nobody: viewer}
            vanity: /connect/
            files: missing
        contnet: []
    """)

    assert faults(own, seed) == [
        "seed.yaml:2: users.anna.frist_name: a User has no such field (did you mean 'first_name'?)",
        "seed.yaml:2: users.anna.user_role: 'boss' is none of administrator, publisher, viewer",
        "seed.yaml:3: users.ben.created_time: 'yesterday' is not an RFC 3339 date and time",
        "seed.yaml:5: content.0.name: does not match [A-Za-z0-9._-]+",
        "seed.yaml:6: content.0.owner: no User is called 'ann' (did you mean 'anna'?)",
        "seed.yaml:7: content.1: name is missing",
        "seed.yaml:9: content.2.tags.0: no Tag is called 'Nowhere'",
        "seed.yaml:10: content.2.environment.A: a variable's value is text (put it in quotes)",
        "seed.yaml:11: content.2.permissions.nobody.principal: no user and no group is called 'nobody'",
        "seed.yaml:12: content.2.vanity.path: Paths that begin with /connect/ are the server's own",
        f"seed.yaml:13: content.2.files: there is no folder {seed.parent / 'missing'}",
        "seed.yaml:14: contnet: no resource or collection has this name (did you mean 'content'?)",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[users]", "seed.yaml:1: a seed is a mapping of resources"),
        ("users: anna", "seed.yaml:1: users: expected a list or a mapping of names, found text"),
        ("users: [[anna]]", "users.0: expected the fields of a User, found a list"),
        ("users: {anna: 5}", "users.anna: expected the fields of a User, found int"),
        ("users: [anna, anna]", "users.1: username: there is a User with 'anna' already"),
        ("groups: [A, A]", "groups.1: name: there is a Group with 'A' already"),
        ("users:\n  anna: {}\n  anna: {}", "seed.yaml:3: users.anna: this key stands twice"),
        ("users: [", "seed.yaml:2: "),
        ("users: []\n---\nusers: []", "seed.yaml: has 2 documents"),
        (
            "tags: [A/B, C/B]\ncontent: [{name: x, tags: [B]}]",
            "there are 2 records of Tag called 'B'; write the id of",
        ),
        ("tags: [A]\ncontent: [{name: x, tags: [A]}]", "'A' is a category"),
        ("content: [{name: x, tags: A}]", "content.0.tags: expected a list of tags"),
        ("content: [{name: x, environment: [A]}]", "content.0.environment: expected a mapping"),
        ("content: [{name: x, environment: {'A=B': x}}]", "content.0.environment.A=B: the name of a variable"),
        ("permissions: [{principal: admin, role: viewer}]", "content_guid is missing: it says where the Permission"),
        ("content: [{name: x, files: 5}]", "content.0.files: expected the path of a folder"),
        ("content: [{name: x, files: {}}]", "content.0.files: there are no files"),
        ("content: [{name: x, files: {a: 5}}]", "the file 'a' is no text"),
        ("content: [{name: x, files: {../a: x}}]", "'../a' is no path of a file within a bundle"),
        ("content: [{name: x, files: {manifest.json: '{'}}]", "content.0.files: "),
        ("content: [{name: x, vanity: /a/}, {name: y, vanity: /a/b/}]", "lie within each other"),
        ("users: [{username: x, keys: {k: 'a b'}}]", "users.0.keys.k.key: a key is ASCII text without spaces"),
        (
            "users: [{username: x, keys: {k: same, l: same}}]",
            "seed.yaml:1: users.0.keys.l.key: there is another one with this key",
        ),
        (
            "users: [x]\ngroups: [x]\ncontent: [{name: c, permissions: {x: viewer}}]",
            "2 users and groups are called 'x'",
        ),
        ("hits: [{content: gone, timestamp: now}]", "hits.0.content: no Content is called 'gone'"),
    ],
)
def test_what_is_wrong_is_said(own, seed_file, connect, text, message):
    admin = connect(own.url, own.api_key)
    admin.get("/v1/user")  # from now on it is noted that the administrator was there
    before = [admin.get(path).json for path in ("/v1/users", "/v1/groups", "/v1/tags", "/v1/content")]

    assert message in "\n".join(faults(own, seed_file(text)))
    assert [admin.get(path).json for path in ("/v1/users", "/v1/groups", "/v1/tags", "/v1/content")] == before


def test_a_deployment_that_fails_leaves_no_files_of_the_others(own, seed_file):
    seed = seed_file("""
        content:
          good: {files: {index.html: x}}
          bad: {files: {index.html: x, manifest.json: '{"version": 1, "metadata": {"appmode": "nonsense"}}'}}
    """)

    assert "content.bad.files: " in faults(own, seed)[0]
    folder = own._running.world.folder
    assert [path for name in ("bundles", "content") for path in (folder / name).rglob("*") if path.is_file()] == []


def test_no_secret_is_in_a_message(own, seed_file):
    seed = seed_file("""
        users:
          x: {keys: secret-1}
          y: {keys: {k: secret-2 with space}}
        content: [{name: c, environment: {A: {b: secret-3}, "=": secret-4}}]
    """)

    assert "secret-" not in "\n".join(faults(own, seed))


def test_a_file_that_is_not_there_is_named(own, tmp_path):
    with pytest.raises(SeedError, match=r"gone\.yaml: can't be read"):
        own.seed(tmp_path / "gone.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"users: [\xe9]")
    with pytest.raises(SeedError, match=r"latin\.yaml: can't be read"):
        ConnectServer(seed=tmp_path / "latin.yaml").start()


words = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["users", "name", "owner", "files", "tags", "keys", "guid", "0"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from(["users", "groups", "tags", "content", "hits", "permissions", "vanities"]), words)
)
def test_whatever_a_seed_says_it_is_taken_or_refused(own, tmp_path_factory, data):
    import yaml

    file = tmp_path_factory.mktemp("seeds") / "any.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    world = own._running.world
    from connectapi.testing.seeding.sow import sow

    def in_vain():
        with world.store.writing() as records:
            sow(world, records, file)
            raise InterruptedError

    with pytest.raises((SeedError, InterruptedError)):
        in_vain()
