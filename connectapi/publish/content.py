"""Publishing a directory as content: create, upload, deploy, follow, in one call."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from connectapi.errors import ConnectError
from connectapi.query.session import Session, session_of

if TYPE_CHECKING:
    from typing_extensions import Self

    from connectapi.publish.source import Prepared

__all__ = ["ContentMixin"]

_log: Final = logging.getLogger("connectapi")

#: What Connect allows in the name of content, and how long it may be.
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{3,64}")
_OTHER: Final = re.compile(r"[^A-Za-z0-9._-]+")


class ContentMixin:
    """What content can do beyond its declared calls."""

    __slots__ = ()

    @classmethod
    def publish(
        cls,
        client: Session,
        directory: str | os.PathLike[str],
        *,
        title: str | None = None,
        name: str | None = None,
        guid: str | None = None,
        access_type: Literal["all", "logged_in", "acl"] | None = None,
        primary: str | None = None,
        exclude: Sequence[str] = (),
        timeout: float = 600.0,
        on_line: Callable[[str], object] | None = None,
    ) -> Self:
        """Publish a directory and return the content once it is up.

        A directory without a manifest.json is published as a static site. Nothing is written into
        the directory. New content of which the publishing fails is removed from the server again,
        and content that was there keeps the bundle that it had.

        Args:
            client: the client.
            directory: what to publish; a single HTML file is a site of one page.
            title: the title that people see. Left out, new content takes the page's own title or
                the directory's name, and other content keeps the title that it has.
            name: the unique name among your content: where you have content of this name, the
                directory becomes its next bundle. Left out, a new name is made from the title.
            guid: the content whose next bundle this is, instead of new content.
            access_type: who may see it: `all`, even without signing in; `logged_in`; `acl`, those
                listed in its permissions. Left out, the server's default, or what it was.
            primary: the page to begin with, if it is not index.html.
            exclude: patterns of file names to leave out.
            timeout: the longest wait for the deployment, in seconds.
            on_line: is called with each line of the deployment's log, as it comes.

        Raises:
            BundleError: the directory can't be published as it is; nothing was sent.
            TaskError: the deployment failed; the error shows the log's last lines.
            APIError: the server refused a step.

        Example:
            >>> from connectapi import Client, Content
            >>> site = Content.publish(Client("demo"), "docs/examples/site", title="A site")
            >>> site.title
            'A site'

        Source: POST /v1/content, POST /v1/content/{content_guid}/bundles,
            POST /v1/content/{content_guid}/deploy, GET /v1/tasks/{task_id}
        """
        if name is not None and not _NAME.fullmatch(name):
            msg = f"name: {name!r} is not a name for content: 3 to 64 of letters, digits, '.', '_' and '-'"
            raise ValueError(msg)
        from connectapi.publish.source import prepare  # archives load when something is published

        with prepare(directory, primary=primary, exclude=exclude) as prepared:
            content, new = _target(cls, client, prepared, title=title, name=name, guid=guid)
            with _undone_on_failure(content, new=new):
                _deploy(content, prepared, timeout, on_line)
                settings = {"title": title, "access_type": access_type}
                content.update(**{k: v for k, v in settings.items() if v is not None and v != getattr(content, k)})
            content.refresh()
        return cast("Self", content)


def _target(
    cls: Any, client: Session, prepared: Prepared, *, title: str | None, name: str | None, guid: str | None
) -> tuple[Any, bool]:
    """Return the content to publish to, and whether it was made just now."""
    if guid is not None:
        return cls.get_one(client, guid), False
    if name is not None:
        # Names are unique among one owner's content, so this is one item or none.
        me = cast(Any, client.catalog.record("User")).whoami(client)
        for found in cls.get(client, name=name, owner_guid=me.guid):
            return found, False
    title = title or prepared.title
    return cls.create(client, name=name or _name_from(title), title=title), True


def _name_from(title: str) -> str:
    from secrets import token_hex  # loads when something new is published

    stem = _OTHER.sub("-", title).strip("-.").lower()[:48] or "content"
    return f"{stem}-{token_hex(4)}"


def _deploy(content: Any, prepared: Prepared, timeout: float, on_line: Callable[[str], object] | None) -> None:
    archive = prepared.archive
    bundle = content.bundles.create(archive=archive.file, checksum=archive.md5)
    try:
        content.deploy(bundle_id=bundle.id).wait(timeout=timeout, on_line=on_line)
    except BaseException:  # Ctrl-C too
        _try(bundle, f"bundle {bundle.id}")
        raise


@contextmanager
def _undone_on_failure(content: Any, *, new: bool) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if new:
            _try(content, f"content {content.guid}")
        raise


def _try(record: Any, what: str) -> None:
    """Delete what was left half-done; the error that brought us here matters more than one of this."""
    client, _ = session_of(record)
    try:
        record.bind(client.without_deadline()).delete()  # a deadline that has passed may be why we are here
    except ConnectError as error:
        _log.warning("could not remove %s after a failed publishing: %s", what, error)
