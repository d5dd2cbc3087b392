"""`connectapi stubs` and `connectapi reference`: what is made from resource files, for programs and for plugins."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

__all__ = ["reference", "stubs"]

check_option = click.option("--check", is_flag=True, help="Write nothing; exit code 1 if something is not current.")


@click.command("stubs", short_help="Tell editors and type checkers of the classes of plugins.")
@click.option("--package", metavar="NAME", help="A plugin, by its own name, its package's or its distribution's.")
@click.option("--to", metavar="DIR", type=click.Path(file_okay=False), help="A folder of stubs, such as typings.")
@check_option
@click.pass_context
def stubs(ctx: click.Context, /, package: str | None, to: str | None, *, check: bool) -> None:
    """Write what editors and type checkers know of the resources of plugins.

    With --package, a plugin's author writes the stub of its classes beside its code, to be shipped with it.
    With --to, the author of a program writes stubs of connectapi itself as it is in this environment, with the
    classes and the collections of all installed plugins: client.widgets.
    """
    from connectapi.generate.plugin import missing_names, plugin_stubs, program_stubs
    from connectapi.resources import default_index

    if (package is None) == (to is None):
        raise click.UsageError("give either --package, for a plugin of yours, or --to, for a program", ctx)
    if package is None:
        files = program_stubs(default_index(), Path(to or ""), f"connectapi stubs --to {to}")
        _made(ctx, files, check=check)
        return
    _made(ctx, plugin_stubs(package, default_index()), check=check)
    missing = missing_names(package, default_index())
    if missing:
        module = missing[0].rpartition(".")[0]
        text = "from connectapi.resources import class_named; __getattr__ = class_named"
        click.echo(f"{', '.join(missing)}: not there at run time; add to {module}: {text}", err=True)


@click.command("reference", short_help="Write reference pages of a plugin's resources.")
@click.option("--package", metavar="NAME", required=True, help="The plugin, as for stubs.")
@click.option("--to", metavar="DIR", required=True, type=click.Path(file_okay=False), help="The folder of the pages.")
@check_option
@click.pass_context
def reference(ctx: click.Context, /, package: str, to: str, *, check: bool) -> None:
    """Write a page of Markdown for each resource of a plugin, and a table of contents.

    Pages of resources that are gone are removed; what was written by hand beside them stays.
    """
    from connectapi.generate.plugin import plugin_pages
    from connectapi.generate.reference import HEAD
    from connectapi.resources import default_index

    pages = {Path(to) / name: text for name, text in plugin_pages(package, default_index()).items()}
    _made(ctx, pages, Path(to), HEAD, check=check)


def _made(
    ctx: click.Context, files: Mapping[Path, str], pages: Path | None = None, begins: str = "", *, check: bool
) -> None:
    from connectapi.generate.files import outdated, refresh

    try:
        stale = outdated(files, pages, begins) if check else refresh(files, pages, begins)
    except OSError as error:
        raise click.UsageError(f"{error.filename}: can't be written: {error.strerror}", ctx) from None
    for each in stale:
        click.echo(f"{each}: not current" if check else each, err=check)
    if check and stale:
        again = " ".join(word for word in ctx.command_path.split() + _options(ctx) if word)
        click.echo(f"run: {again}", err=True)
        ctx.exit(1)


def _options(ctx: click.Context) -> list[str]:
    return [word for name, value in ctx.params.items() if value and name != "check" for word in (f"--{name}", value)]
