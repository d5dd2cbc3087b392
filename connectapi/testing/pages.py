"""The few pages that the server has for people: HTML without scripts, everything escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from attrs import frozen
from werkzeug.wrappers import Response

__all__ = ["Item", "front", "login", "message", "page"]

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd}"
    "a{color:#14549c}input,button{font:inherit;padding:.3rem .6rem}"
)

#: Pages of the server's own run no scripts and load nothing from elsewhere.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; base-uri 'none'"


def page(title: str, body: str, status: int = 200) -> Response:
    """Return an HTML page; `body` is HTML, `title` is text."""
    html = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n{body}\n</body>\n</html>\n"
    )
    response = Response(html, status=status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def message(status: int, title: str, text: str) -> Response:
    """Return a page that says one thing."""
    return page(title, f"<p>{escape(text)}</p>", status)


def login(target: str, *, wrong: bool = False) -> Response:
    """Return the page that asks for an API key, to go on to `target`."""
    note = "<p><strong>This key is not known here.</strong></p>\n" if wrong else ""
    form = (
        f'{note}<p>This content is not for everyone. Sign in with an API key:</p>\n<form method="post" action="/__login__">\n'
        f'<input type="hidden" name="url" value="{escape(target)}">\n'
        '<input type="password" name="key" size="40" autocomplete="off" autofocus aria-label="API key">\n'
        "<button>Sign in</button>\n</form>"
    )
    return page("Sign in", form, 401)


@frozen(kw_only=True)
class Item:
    """A row of the front page."""

    guid: str
    title: str
    kind: str
    owner: str
    time: str


def front(items: Iterable[Item], username: str | None) -> Response:
    """Return the page that lists content, for a user or for those who did not sign in."""
    rows = "\n".join(
        f'<tr><td><a href="/content/{escape(item.guid)}/">{escape(item.title)}</a></td>'
        f"<td>{escape(item.kind)}</td><td>{escape(item.owner)}</td><td>{escape(item.time)}</td></tr>"
        for item in items
    )
    who = (
        f"Signed in as {escape(username)}."
        if username
        else '<a href="/__login__?url=/connect/">Sign in</a> to see more.'
    )
    head = "<tr><th>Title</th><th>Kind</th><th>Owner</th><th>Last deployed</th></tr>"
    table = f"<table>\n{head}\n{rows}\n</table>" if rows else "<p>There is no content to see.</p>"
    return page("Content", f"<p>{who}</p>\n{table}")
