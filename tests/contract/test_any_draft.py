"""Drafts load, whatever the document says that they are made from."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectapi.contract.draft import drafted
from connectapi.errors import ConnectError
from connectapi.query.methods import make_methods
from connectapi.resource.catalog import Catalog
from connectapi.spec.index import Folder, SpecIndex

NAMES = st.sampled_from(
    [
        "id",
        "guid",
        "name",
        "from",
        "to",
        "get",
        "class",
        "client",
        "page_size",
        "self",
        "é",
        "1st",
        "a b",
        "_",
        "x" * 40,
    ]
)
SCHEMAS = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["string", "integer", "number", "boolean", "object", "array", "null"]),
            "format": st.sampled_from(["uuid", "date-time", "binary", "int64"]),
            "nullable": st.booleans(),
            "enum": st.lists(st.one_of(st.text(max_size=3), st.integers(), st.none(), st.booleans()), max_size=3),
        },
    )
    | st.sampled_from(["A", "B", "Exception", "v1.Thing", "Content"]).map(
        lambda name: {"$ref": f"#/components/schemas/{name}"}
    ),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"type": st.just("array"), "items": inner}),
        st.fixed_dictionaries({"type": st.just("object"), "additionalProperties": inner}),
        st.fixed_dictionaries(
            {"type": st.just("object"), "properties": st.dictionaries(NAMES, inner, max_size=5)},
            optional={"required": st.lists(NAMES, max_size=3)},
        ),
    ),
    max_leaves=5,
)
MEDIA = st.dictionaries(
    st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain", "image/png", "*/*"]),
    st.fixed_dictionaries({"schema": SCHEMAS}),
    max_size=2,
)
PARAMETERS = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES | st.sampled_from(["page_number", "limit", "next", "previous"]), "schema": SCHEMAS},
        optional={"in": st.sampled_from(["query", "header", "path"]), "required": st.booleans()},
    ),
    max_size=4,
)
OPERATIONS = st.fixed_dictionaries(
    {
        "tags": st.just(["T"]),
        "parameters": PARAMETERS,
        "responses": st.dictionaries(
            st.sampled_from(["200", "201", "204", "400"]), st.fixed_dictionaries({"content": MEDIA}), max_size=2
        ),
    },
    optional={"requestBody": st.fixed_dictionaries({"content": MEDIA}), "deprecated": st.booleans()},
)
PATHS = st.lists(
    st.sampled_from(
        ["v1", "things", "status", "{id}", "{guid}", "{thingName}", "{1}", "a.b", "class", "x:y", "{path}"]
    ),
    min_size=1,
    max_size=5,
).map(lambda steps: "/" + "/".join(steps))
DOCUMENTS = st.fixed_dictionaries(
    {
        "openapi": st.just("3.1.0"),
        "paths": st.dictionaries(
            PATHS,
            st.dictionaries(st.sampled_from(["get", "post", "put", "patch", "delete"]), OPERATIONS, min_size=1),
            min_size=1,
            max_size=4,
        ),
        "components": st.fixed_dictionaries(
            {"schemas": st.fixed_dictionaries(dict.fromkeys(["A", "B", "Exception", "v1.Thing", "Content"], SCHEMAS))}
        ),
    }
)


DECLARED = """
name: Content
collection: content
path: /v1/content
key: guid
doc: "x"
fields: {guid: guid}
methods: {get_one: {}}
"""


@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=DOCUMENTS)
def test_the_draft_of_any_document_loads_beside_what_is_declared(document, tmp_path_factory):
    folder = tmp_path_factory.mktemp("drafts")
    (folder / "content.yaml").write_text(DECLARED, encoding="utf-8")
    try:
        text = drafted(document, SpecIndex((Folder(folder),)), "T")
    except ConnectError as error:
        assert "leads back to itself" in str(error) or "lead back to themselves" in str(error)
        return
    if not text:
        assert {"/v1/content/{guid}"} == {path for path in document["paths"] if path.startswith("/v1/content")}
        return
    (folder / "draft.yaml").write_text(text, encoding="utf-8")
    catalog = Catalog(SpecIndex((Folder(folder),)), make_methods)

    assert all(catalog.record(name) for name in catalog.index.names())
