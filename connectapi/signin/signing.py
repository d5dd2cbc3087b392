"""Signing in to a server and out of it."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from attrs import evolve, frozen

from connectapi.errors import ConfigError, ConnectError, SignInError
from connectapi.http.address import Address
from connectapi.http.security import Security
from connectapi.signin import kept as keeping
from connectapi.signin.browser import in_browser, is_registered
from connectapi.signin.device import by_device
from connectapi.signin.identity import Identity, exchanged, of_ci
from connectapi.signin.kept import Kept, Place
from connectapi.signin.prompt import Prompt, to_stderr
from connectapi.signin.site import Site
from connectapi.signin.tokens import Tokens

__all__ = ["SignIn", "sign_in", "sign_out", "signed_in"]


@frozen(kw_only=True)
class SignIn:
    """Who is signed in to a server.

    Args:
        server: the server's URL.
        username: who; None if the server did not tell.
        place: where the tokens are kept: in the system's keyring, or in a file that only the user can read.
        expires_at: until when the access token is good; None if the server did not tell.
        renewable: whether it is renewed by itself then.
    """

    server: str
    username: str | None
    place: Place
    expires_at: datetime.datetime | None
    renewable: bool


def sign_in(
    server: str,
    *,
    device: bool = False,
    open_browser: bool = True,
    id_token_file: str | os.PathLike[str] | None = None,
    ci: bool = False,
    timeout: float = 300.0,
    tell: Callable[[Prompt], object] = to_stderr,
    ca_certificate: str | os.PathLike[str] | None = None,
    insecure: bool = False,
    proxy: str | None = None,
) -> SignIn:
    """Sign in to a server, and keep what comes of it; `Client(server)` then calls as whoever signed in.

    Args:
        server: the server's URL, such as `https://connect.example.com`.
        device: to show a code that is typed on another screen, instead of using a browser here.
        open_browser: whether to open the page; else `tell` alone says where it is.
        id_token_file: a file with the identity token of a CI, which is exchanged instead of asking anybody.
        ci: the same, with the token of `CONNECT_IDENTITY_TOKEN_FILE`, `CONNECT_IDENTITY_TOKEN` or GitHub Actions.
        timeout: how long a person has, in seconds.
        tell: is told the page to go to; else it is printed to stderr.
        ca_certificate: as for `Client`.
        insecure: as for `Client`.
        proxy: as for `Client`.

    Returns:
        Who is signed in now.

    Raises:
        UnsupportedError: the server is older than 2026.06; use an API key.
        SignInError: the person or the server said no, nobody came in time, or the server's metadata
            leads elsewhere.
        ConfigError: the server is called over plain HTTP, or what came can't be kept.
        TransportError: no answer came.

    Example:
        >>> from connectapi import sign_in
        >>> sign_in("http://127.0.0.1:1")  # doctest: +IGNORE_EXCEPTION_DETAIL
        Traceback (most recent call last):
        TransportError: …
    """
    security = Security(ca_certificate=ca_certificate, insecure=insecure)
    identity = Identity("file", str(Path(id_token_file).absolute())) if id_token_file is not None else None
    if ci and identity is None:
        identity = of_ci()
    with Site(server, security, proxy) as site:
        before = keeping.load(site.server)
        if identity is not None:
            tokens = site.run(exchanged(site.oauth, identity))
            made = Kept(server=site.server, identity=identity)
        else:
            made, tokens = _by_a_person(site, before, device=device, opens=open_browser, timeout=timeout, tell=tell)
        return _shown(_taken(site, made, tokens), tokens)


def sign_out(server: str, *, ca_certificate: str | os.PathLike[str] | None = None, insecure: bool = False) -> bool:
    """Forget the sign-in to a server, and have the server end it where that has a way to.

    Returns:
        Whether anybody was signed in.

    Raises:
        SignInError: it is forgotten here, but the server could not be told.
        ConfigError: what is kept can't be read or changed.
    """
    with Site(server, Security(ca_certificate=ca_certificate, insecure=insecure)) as site:
        with keeping.locked(site.server):
            found = keeping.signed_in(site.server)
            if found is None:
                return False
            kept, tokens = found
            keeping.change(evolve(kept, tokens=None, username=None, identity=None))
        try:
            _revoke(site, kept, tokens)
        except ConnectError as error:
            reason = f"the sign-in is forgotten here, but the server could not be told to end it: {error}"
            raise SignInError(site.server, reason) from None
        return True


def signed_in(server: str) -> SignIn | None:
    """Return who is signed in to a server; None if nobody is. Nothing is sent.

    Raises:
        ConfigError: what is kept can't be read.
    """
    found = keeping.signed_in(Address.parse(server).server)
    return None if found is None else _shown(*found)


def _by_a_person(
    site: Site, before: Kept | None, *, device: bool, opens: bool, timeout: float, tell: Callable[[Prompt], object]
) -> tuple[Kept, Tokens]:
    known = before.client_id if before is not None else None
    if known is not None and not is_registered(site, known):
        known = None
    client_id = known or site.register()
    if device:
        tokens = by_device(site, client_id, tell, timeout=timeout)
    else:
        tokens = in_browser(site, client_id, tell, opens=opens, timeout=timeout)
    return Kept(server=site.server, client_id=client_id), tokens


def _taken(site: Site, made: Kept, tokens: Tokens) -> Kept:
    """Keep a new sign-in in the place of the one before, which ends."""
    made = evolve(made, tokens=tokens, username=site.username(tokens))
    with keeping.locked(site.server):
        before = keeping.load(site.server)
        old = None
        if before is not None:
            made = evolve(made, place=before.place, client_id=made.client_id or before.client_id)
            with suppress(ConfigError):  # a keyring that can't be read any more
                old = keeping.signed_in(site.server)
        made = keeping.change(made)
    if old is not None:
        with suppress(ConnectError):  # nobody has it any more
            _revoke(site, *old)
    return made


def _revoke(site: Site, kept: Kept, tokens: Tokens) -> None:
    """Have the server end what it gave; a token of a CI's ends by itself within the hour."""
    if kept.client_id is None or kept.identity is not None:
        return
    for token in (tokens.refresh_token, tokens.access_token):
        if token is not None:
            site.revoke(token, kept.client_id)


def _shown(kept: Kept, tokens: Tokens) -> SignIn:
    ends = tokens.expires_at
    return SignIn(
        server=kept.server,
        username=kept.username,
        place=kept.place,
        expires_at=None if ends is None else datetime.datetime.fromtimestamp(ends, datetime.timezone.utc),
        renewable=tokens.refresh_token is not None or kept.identity is not None,
    )
