"""A command that lists the users who have not been there for long."""

from datetime import datetime, timedelta, timezone

import click

from connectapi import hookimpl


@click.command("idle")
@click.option("--days", type=int, default=90, show_default=True, help="How long is long.")
@click.pass_context
def idle(ctx, days):
    """List the users who have not been active for long."""
    since = datetime.now(timezone.utc) - timedelta(days=days)
    for user in ctx.obj.client().users.iter():
        if user.active_time is None or user.active_time < since:
            click.echo(user.username)


@hookimpl
def register_commands(register):
    register(idle, collection="users")  # connectapi users idle; without a collection: connectapi idle
