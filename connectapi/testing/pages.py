"""Pages for people: one frame around them, from templates that escape everything, without scripts."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from werkzeug.wrappers import Response

from connectapi.testing.formats import FILTERS

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["login", "message", "page", "render"]

_FOLDER: Final = Path(__file__).with_name("templates")

#: What keeps a page to itself: the scripts of published content, which has the server's own origin, can
#: neither frame it nor hold on to a window that they opened for it.
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def render(template: str, status: int = 200, *, forms_to: str = "'self'", **values: Any) -> Response:
    """Return the page that a template makes.

    Args:
        template: its file, below `templates/`.
        status: the status of the answer.
        forms_to: where its forms may lead, in the words of a content security policy. Browsers hold the
            redirect after a form to it too.
        values: what the template asks for.
    """
    environment, style = _environment()
    html = environment.get_template(template).render(values)
    response = Response(html, status=status, mimetype="text/html")
    response.headers.update(_HEADERS)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src '{style}'; img-src 'self' data:; form-action {forms_to}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return response


def page(title: str, body: str, status: int = 200, *, forms_to: str = "'self'") -> Response:
    """Return an HTML page; `body` is HTML, `title` is text."""
    return render("plain.html", status, forms_to=forms_to, title=title, body=Markup(body))  # noqa: S704 -- the caller's


def message(status: int, title: str, text: str) -> Response:
    """Return a page that says one thing."""
    return render("message.html", status, title=title, text=text)


def login(target: str, *, wrong: str = "", action: str = "/__login__") -> Response:
    """Return the page that asks for an API key, to go on to `target`; `wrong` says what was wrong with the last one."""
    return render("login.html", 401, target=target, wrong=wrong, action=action)


@cache
def _environment() -> tuple[Environment, str]:
    """Return what makes pages of templates, and the digest by which browsers know the one style sheet."""
    # Not at the top: a server that shows nobody a page starts without it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    style = (_FOLDER / "style.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    environment.globals["style"] = Markup(style)  # noqa: S704 -- our own file
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment, f"sha256-{digest}"
