"""What a resource file says, as frozen values.

Every face of a resource reads these objects and nothing else. Texts that the file leaves out
because they follow from its names (the path of `get_one`, the name of a path's placeholder) are
filled in here, so that no reader has to know the rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen

from connectapi.locks import cached_property
from connectapi.spec.grammar import TypeRef, parse_type

__all__ = [
    "Access",
    "Comparison",
    "Declaration",
    "ExtensionSpec",
    "FieldSpec",
    "OperationSpec",
    "PageSpec",
    "ParamSpec",
    "RelationSpec",
    "ResourceSpec",
    "TypeSpec",
    "placeholders",
    "snake_case",
]

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_WORD_START: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

Role = Literal["anonymous", "viewer", "publisher", "administrator"]
Access = Literal["view", "edit", "collaborate"]
Write = Literal["never", "create", "update", "always"]
Comparison = Literal["is", "begins", "contains", "from", "to"]


def snake_case(name: str) -> str:
    """Return `OAuthIntegration` as `oauth_integration`: a class name as the start of an argument's."""
    return _WORD_START.sub("_", name.replace("OAuth", "Oauth")).lower()


def placeholders(path: str) -> tuple[str, ...]:
    """Return the names between braces in a path, in order."""
    return tuple(_PLACEHOLDER.findall(path))


class _Typed:
    """What has a `type` in the notation of resource files.

    `words` are plugins' types, where the type has a word of one in it: the index fills them in.
    """

    __slots__ = ()
    type: str
    words: Any

    @cached_property
    def ref(self) -> TypeRef:
        """The type, parsed."""
        return parse_type(self.type, self.words or {})


@frozen(kw_only=True, slots=False)
class FieldSpec(_Typed):
    """One field of a resource, of a nested type, or of a request's body.

    `write` says which calls may send it: `create`, `update`, `always` (both) or `never`.
    `include` names the value of the `include` parameter without which the server leaves it out;
    `default` is what a body has where the caller gives nothing. `min`, `max` and `pattern` are the
    rules of `connectapi.spec.rules`; `code` is the error that answers who breaks one of them.
    `unique` says that no two records of a list have the same value, or none of those that have
    the same values in the fields that it names.
    """

    type: str
    doc: str = ""
    write: Write = "never"
    values: tuple[str | int, ...] = ()
    unit: str = ""
    include: str = ""
    wire: str = ""
    default: str = ""
    min: float | None = None
    max: float | None = None
    pattern: str = ""
    unique: bool | tuple[str, ...] = False
    code: str = ""
    required: bool = False
    secret: bool = False
    since: str = ""
    role: Role | None = None
    deprecated: str = ""
    words: Any = field(default=None, eq=False, repr=False)

    @property
    def optional(self) -> bool:
        """Whether a server that keeps to the contract may leave it out or send null."""
        return self.ref.nullable or bool(self.include or self.since or self.deprecated or self.secret)


@frozen(kw_only=True, slots=False)
class ParamSpec(_Typed):
    """One parameter of a call that travels in the query, or in the header that `header` names.

    `filter` says which records a list is cut down to, by a word for how a field compares with
    the parameter's value and the fields of which one must; left out, a parameter that is called
    like a field has its value. `usual` is what the server takes where the caller gives nothing.
    `terms` are the filters of a parameter that takes the server's language of search.
    """

    type: str
    doc: str = ""
    values: tuple[str | int, ...] = ()
    unit: str = ""
    wire: str = ""
    header: str = ""
    join: str = ","
    min: float | None = None
    max: float | None = None
    usual: int | None = None
    filter: Mapping[Comparison, tuple[str, ...]] = field(factory=dict)
    terms: Mapping[str, FieldSpec] = field(factory=dict)
    required: bool = False
    secret: bool = False
    since: str = ""
    deprecated: str = ""
    words: Any = field(default=None, eq=False, repr=False)


@frozen(kw_only=True)
class PageSpec:
    """How a list comes in pages.

    `offset` counts pages (`page_number`, `page_size`); `keyset` follows a cursor (`next`,
    `previous`, `limit`). `size` is the largest page that the server gives, `usual` the one that
    it gives if none is asked for.
    `reverse` names the parameter that, when it is false, turns the list round.
    """

    kind: Literal["offset", "keyset"]
    size: int = 500
    usual: int = 20
    reverse: str = ""


@frozen(kw_only=True, slots=False)
class OperationSpec:
    """One call of the server: a verb, a path, and what goes in and out.

    `body` are the fields of a JSON object (or of a form, by `media`); with `whole`, the one
    named there is the entire body. A `media` that is neither JSON nor a form is sent as it is,
    from the one body field of type `file`. `returns` is a type, `none` or `file`; `renames` maps
    a key of the answer to the field it fills; `items` is the key of the answer that holds the list,
    `order` the fields that it is sorted by, downwards with a `-` before.
    `sends` says whether `update` sends every writable field or just what changed; left out, PUT
    sends all and PATCH what changed. A call that is `repeatable` does the same when it arrives
    twice although its verb does not say so; the client may then try it again. `also` are further
    calls by which servers know the operation: older clients make them, and the embedded server answers.
    `role` is what the caller must be on the server, `access` what
    the caller may do with the content that the path names; left out, a GET takes `view`, anything else
    `edit`. `scopes` are those of a service token, one of which lets it make the call.
    """

    call: str = ""
    also: tuple[str, ...] = ()
    doc: str = ""
    params: Mapping[str, ParamSpec] = field(factory=dict)
    body: Mapping[str, FieldSpec] = field(factory=dict)
    required: tuple[str, ...] = ()
    media: str = "application/json"
    whole: str = ""
    returns: str = ""
    renames: Mapping[str, str] = field(factory=dict)
    items: str = ""
    order: tuple[str, ...] = ()
    page: PageSpec | None = None
    status: tuple[int, ...] = ()
    sends: Literal["", "changed", "all"] = ""
    handler: str = ""
    repeatable: bool = False
    since: str = ""
    role: Role | None = None
    access: Access | None = None
    scopes: tuple[str, ...] = ()
    deprecated: str = ""
    words: Any = field(default=None, eq=False, repr=False)

    @property
    def verb(self) -> str:
        """The HTTP method."""
        return self.call.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path below the server's `/__api__`, with placeholders."""
        return self.call.partition(" ")[2]

    @property
    def needs(self) -> Access:
        """What the caller must be able to do with the content that the path names, if it names one."""
        return self.access or ("view" if self.verb == "GET" else "edit")

    @cached_property
    def placeholders(self) -> tuple[str, ...]:
        """The names of the path's placeholders."""
        return placeholders(self.path)

    @cached_property
    def answer(self) -> TypeRef:
        """The type of the answer, parsed."""
        return parse_type(self.returns, self.words or {})

    @property
    def raw(self) -> bool:
        """Whether the body goes out as it is, neither JSON nor a form."""
        return self.media not in {"application/json", "application/x-www-form-urlencoded"}


@frozen(kw_only=True)
class RelationSpec:
    """A way from one record to others.

    `many` names a resource whose list is reached from here: by this record's key in its path, or
    by the filters of `where` (parameter → own field). `one` names a resource of which `by` holds
    the key; `gone` says what the deletion of that one does: it deletes this record too, clears
    the field, or is refused.
    """

    many: str = ""
    one: str = ""
    by: str = ""
    where: Mapping[str, str] = field(factory=dict)
    gone: Literal["", "delete", "clear", "refuse"] = ""
    doc: str = ""
    since: str = ""


@frozen(kw_only=True, slots=False)
class TypeSpec:
    """An object that only stands inside others: a name, fields, one sentence.

    `like` names a resource or type whose fields come first.
    """

    name: str = ""
    doc: str = ""
    like: str = ""
    fields: Mapping[str, FieldSpec] = field(factory=dict)


@frozen(kw_only=True)
class ExtensionSpec:
    """What a plugin adds to a resource of another plugin, or to a type nested in one.

    `params` are further parameters of the resource's calls, by the name of the call. `mixin` and
    `commands` are as in a resource. `file` and `plugin` say whose it is.
    """

    extends: str
    doc: str = ""
    fields: Mapping[str, FieldSpec] = field(factory=dict)
    types: Mapping[str, TypeSpec] = field(factory=dict)
    actions: Mapping[str, OperationSpec] = field(factory=dict)
    params: Mapping[str, Mapping[str, ParamSpec]] = field(factory=dict)
    relations: Mapping[str, RelationSpec] = field(factory=dict)
    mixin: str = ""
    commands: Mapping[str, str] = field(factory=dict)
    file: str = field(default="", eq=False)
    plugin: str = field(default="", eq=False)


@frozen(kw_only=True, slots=False)
class ResourceSpec:
    """One resource: a class, its fields, and the calls the server has for it.

    `methods` are `get` (list), `get_one`, `create`, `update`, `delete`; an absent one is a method
    that the class does not have. `actions` are the other calls, under their own names. `key_param`
    is the argument and placeholder that names one item (`content_guid`, `tag_id`); it follows from
    name and key unless the file says another. `label` are the fields that name a record to a person.
    `mixin` is a class, and `commands` are command-line commands, for what no declaration can say; both
    as `package.module:name`. `extensions` are what plugins have added to it: all of that but their
    mixins is in the fields, types, actions and so on already.
    """

    name: str
    doc: str
    collection: str = ""
    path: str = ""
    key: str = ""
    key_param: str = ""
    like: str = ""
    fields: Mapping[str, FieldSpec] = field(factory=dict)
    types: Mapping[str, TypeSpec] = field(factory=dict)
    methods: Mapping[str, OperationSpec] = field(factory=dict)
    actions: Mapping[str, OperationSpec] = field(factory=dict)
    relations: Mapping[str, RelationSpec] = field(factory=dict)
    label: tuple[str, ...] = ()
    mixin: str = ""
    commands: Mapping[str, str] = field(factory=dict)
    extensions: tuple[ExtensionSpec, ...] = ()
    file: str = field(default="", eq=False)

    @property
    def snake(self) -> str:
        """The name as it begins an argument: `ContentHit` → `content_hit`."""
        return snake_case(self.name)

    @property
    def mixins(self) -> tuple[str, ...]:
        """All mixins, in the order in which methods are looked up: that of the latest extension first, its own last."""
        added = (each.mixin for each in reversed(self.extensions))
        return tuple(filter(None, (*added, self.mixin)))

    @property
    def scope(self) -> tuple[str, ...]:
        """The placeholders that say where the list lies: `content_guid` for a bundle."""
        return tuple(name for name in placeholders(self.path) if name != self.key_param)

    def operations(self) -> dict[str, OperationSpec]:
        """Return every call by its name, methods first."""
        return {**self.methods, **self.actions}

    def sent_by(self, name: str) -> dict[str, FieldSpec]:
        """Return the resource's own fields that a call sends: `create` and `update` send the writable ones."""
        operation = self.methods.get(name)
        if name not in {"create", "update"} or operation is None or operation.whole or operation.raw:
            return {}
        return {
            field: each
            for field, each in self.fields.items()
            if each.write in {name, "always"} and field not in operation.placeholders
        }

    def of_item(self, operation: OperationSpec) -> bool:
        """Whether a call is about one item, so that it is a method of the record itself."""
        return bool(self.key) and self.key_param in operation.placeholders


#: What one document of a resource file declares.
Declaration: TypeAlias = ResourceSpec | ExtensionSpec
