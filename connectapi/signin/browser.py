"""Signing in with a browser on this machine: the code flow with PKCE, which comes back to a loopback address."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from connectapi.errors import SignInError
from connectapi.signin.callback import Listener, code_of
from connectapi.signin.metadata import CODE, REFRESH
from connectapi.signin.prompt import Prompt
from connectapi.signin.proof import Proof
from connectapi.signin.site import Site
from connectapi.signin.tokens import Tokens
from connectapi.types import Secret

__all__ = ["in_browser", "is_registered"]


def in_browser(
    site: Site, client_id: str, tell: Callable[[Prompt], object], *, opens: bool = True, timeout: float = 300.0
) -> Tokens:
    """Have a person sign in on the server's page, and return what came of it.

    Args:
        site: the server.
        client_id: as what we are registered there.
        tell: is told which page the person is to go to.
        opens: whether to open the page.
        timeout: how long the person has, in seconds.

    Raises:
        SignInError: the person or the server said no, or nobody came in time.
    """
    metadata, proof = site.metadata, Proof()
    if metadata.authorization is None:
        raise SignInError(site.server, "it lets nobody sign in by a browser. Use an API key: set CONNECT_API_KEY")
    judge = partial(
        code_of, server=site.server, state=proof.state, issuer=metadata.issuer, names_issuer=metadata.names_issuer
    )
    with Listener(judge) as listener:
        asked = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": listener.address,
            "state": proof.state.reveal(),
            "code_challenge": proof.challenge,
            "code_challenge_method": "S256",
        }
        query = urlencode([*metadata.authorization.query, *asked.items()])
        url = f"{site.address.origin}{metadata.authorization.path}?{query}"
        tell(Prompt(url=url, opened=opens and webbrowser.open(url), expires_in=timeout))
        code = listener.wait(timeout)
        if code is None:
            raise SignInError(site.server, f"nobody came back from the browser within {timeout:.0f} s. Begin anew")
        form: dict[str, str | Secret] = {
            "grant_type": CODE,
            "client_id": client_id,
            "code": code,
            "redirect_uri": listener.address,
            "code_verifier": proof.verifier,
        }
    return site.tokens(form, "the code")


def is_registered(site: Site, client_id: str) -> bool:
    """Whether the server still knows a registration; a person's browser would end at an error if it did not."""
    try:
        # No token at all can't be renewed, whoever asks; but whom it does not know the server says first.
        site.tokens({"grant_type": REFRESH, "client_id": client_id, "refresh_token": "none"}, "to renew nothing")
    except SignInError as error:
        return error.error not in {"invalid_client", "unauthorized_client"}
    return True
