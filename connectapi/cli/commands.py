"""The commands of one collection: one for each declared call, and those that the declaration names."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import click

from connectapi.cli.others import FORMATS, command_name, plugin_commands, plugin_formats
from connectapi.cli.output import show_answer
from connectapi.errors import did_you_mean
from connectapi.query.arguments import Argument, Arguments, arguments_of
from connectapi.resources import default_catalog
from connectapi.spec.grammar import TypeRef
from connectapi.spec.model import OperationSpec, ResourceSpec

if TYPE_CHECKING:
    from connectapi.spec.fieldtypes import FieldType

    _ParamType = click.ParamType[Any]
else:
    _ParamType = click.ParamType  # which older releases of click can't be asked for the types of

__all__ = ["Operations", "command_name", "json_option"]

#: The types whose JSON is the text itself.
_TEXTS: Final = frozenset({"str", "guid", "id", "datetime"})

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


class Operations(click.Group):
    """The commands of one collection."""

    def __init__(self, name: str, resource: str) -> None:
        self._resource = resource
        super().__init__(name, help=default_catalog().spec(resource).doc)

    @cached_property
    def _spec(self) -> ResourceSpec:
        return default_catalog().spec(self._resource)

    @cached_property
    def _operations(self) -> dict[str, str]:
        """Command → declared call."""
        return {command_name(name): name for name in self._spec.operations()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return [*self._operations, *self._spec.commands, *plugin_commands().under(self._spec.collection)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Build a command."""
        if target := self._spec.commands.get(cmd_name):
            module, _, function = target.partition(":")
            found: click.Command = getattr(importlib.import_module(module), function)
            return found
        if added := plugin_commands().get(self._spec.collection, cmd_name):
            return added
        name = self._operations.get(cmd_name)
        return _command(self._spec, cmd_name, name) if name else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, and offer the nearest where there is none of that name."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and self.get_command(ctx, name) is None:
            ctx.fail(f"{self.name} has no command {name!r}{did_you_mean(name, self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


def _command(spec: ResourceSpec, command: str, name: str) -> click.Command:
    operation = spec.operations()[name]
    arguments = arguments_of(spec, name, operation)
    params: list[click.Parameter] = [_parameter(each) for each in arguments.each.values()]
    if operation.answer.kind == "file":
        params.append(click.Option(["--to"], required=True, type=click.Path(dir_okay=False), help="Where to write it."))
    if operation.verb == "DELETE":
        params.append(click.Option(["--yes"], is_flag=True, help="Do it without asking."))
    params.append(click.Option(["--json", "as_json"], is_flag=True, help="Print JSON instead of a table."))
    if "format" not in arguments.each:
        choice = click.Choice([*FORMATS, *plugin_formats().under()])
        params.append(click.Option(["--format", "as_format"], type=choice, help="How to print the answer."))
    return click.Command(
        command,
        params=params,
        callback=_callback(spec, name, operation, arguments),
        help=f"{operation.doc or _summary(spec, command)}\n\n{operation.call}",
        short_help=operation.doc or _summary(spec, command),
    )


def _summary(spec: ResourceSpec, command: str) -> str:
    return f"{command.capitalize()}: {spec.doc}"


def _callback(spec: ResourceSpec, name: str, operation: OperationSpec, arguments: Arguments) -> Callable[..., None]:
    @click.pass_context
    def callback(
        ctx: click.Context, /, *, as_json: bool, as_format: str | None = None, yes: bool = True, **given: Any
    ) -> None:
        if as_json and as_format not in {None, "json"}:
            raise click.UsageError(f"--json and --format {as_format} can't both be had", ctx)
        if not yes:
            key = " ".join(str(given[each]) for each in operation.placeholders)
            click.confirm(f"{operation.verb} {spec.name} {key}: are you sure?", abort=True, err=True)
        values = {each: value for each, value in given.items() if value is not None and value != ()}
        values = {each: _read(arguments.each.get(each), value) for each, value in values.items()}
        client = ctx.obj.client()
        try:
            answer = _called(client, spec, name, operation, values)
        except (TypeError, ValueError) as error:
            raise click.UsageError(str(error), ctx) from None
        show_answer(answer, spec, as_format="json" if as_json else as_format or "table")

    return callback


def _called(client: Any, spec: ResourceSpec, name: str, operation: OperationSpec, values: dict[str, Any]) -> Any:
    collection = getattr(client, spec.collection)
    about_item = name != "get_one" and spec.of_item(operation)
    key = [values.pop(spec.key_param)] if about_item else []
    return getattr(collection, name)(*key, **values)


def _parameter(argument: Argument) -> click.Parameter:
    if argument.where == "path":
        return click.Argument([argument.name])
    flag = f"--{argument.name.replace('_', '-')}"
    known = f" Known values: {', '.join(map(str, argument.values))}." if argument.values else ""
    help_text = f"{argument.doc}{known}"
    if argument.ref.kind == "bool":
        return click.Option([f"{flag}/--no-{flag[2:]}", argument.name], default=None, help=help_text)
    listed = argument.ref.item is not None and argument.ref.item.scalar and argument.ref.kind == "list"
    return click.Option(
        [flag, argument.name],
        type=_click_type(argument.ref.item if listed and argument.ref.item else argument.ref),
        multiple=listed,
        required=argument.required,
        help=f"{help_text} Repeatable." if listed else help_text,
    )


def _click_type(ref: TypeRef) -> Any:
    simple: Mapping[str, Any] = {
        "int": click.INT,
        "float": click.FLOAT,
        "file": click.Path(exists=True, dir_okay=False),
        "datetime": click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]),
        "bool": click.BOOL,
    }
    if ref.custom is not None:
        return _Custom(ref.custom)
    if ref.kind in {"json", "map", "list"} or ref.named:
        return json_text
    return simple.get(ref.kind, click.STRING)


class _Custom(_ParamType):
    """A value of a plugin's type: on the command line as its text, or where it has none as its JSON."""

    def __init__(self, custom: FieldType) -> None:
        self.name = custom.word
        self._custom = custom

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Make the value of a text."""
        if not isinstance(value, str):
            return value
        try:
            return self._custom.made(value if self._custom.ref.kind in _TEXTS else json.loads(value))
        except Exception as error:  # noqa: BLE001 -- a plugin's function may raise anything
            hint = f"; {self._custom.doc}" if self._custom.doc else ""
            self.fail(f"{value!r} is no {self.name}: {type(error).__name__}: {error}{hint}", param, ctx)


def json_text(text: str) -> Any:
    """Read JSON, for what has no simpler form on a command line; its name is what the help shows."""
    return json.loads(text)


def _read(argument: Argument | None, value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=timezone.utc)  # the help says so: times without a zone are UTC
    if isinstance(value, tuple):
        return [_read(argument, each) for each in value]
    return value
