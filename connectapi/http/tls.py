"""What OpenSSL is told of certificates, and what a certificate says."""

from __future__ import annotations

import os
import ssl
import sys
from pathlib import Path
from typing import Any, Final

from connectapi.errors import ConfigError
from connectapi.http.security import Security

__all__ = ["context_of", "described"]

#: The variables that name certificates to trust, the strongest first.
_VARIABLES: Final = ("CONNECT_CA_CERTIFICATE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")

#: The systems whose own store of certificates OpenSSL knows nothing of.
_OWN_STORE: Final = frozenset({"win32", "darwin"})


def context_of(security: Security) -> ssl.SSLContext:
    """Return what OpenSSL is told; made once for all connections, since reading certificates takes time.

    Raises:
        ConfigError: a file is missing or has no certificates in it; the message says who named it.
    """
    made = _trusting(security)
    if security.client_certificate is not None:
        certificate, key = security.client_certificate
        try:
            made.load_cert_chain(certificate, key, password=_no_password)
        except (OSError, ValueError) as error:
            what = certificate if key is None else f"{certificate} and {key}"
            reason = error.reason if isinstance(error, ssl.SSLError) else getattr(error, "strerror", None) or error
            msg = f"client_certificate: {what} can't be used: {reason}. Give a PEM file with certificate and key"
            raise ConfigError(msg) from None
    return made


def _trusting(security: Security) -> ssl.SSLContext:
    if security.insecure:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    if security.ca_certificate is None and security.ca_data is not None:
        return _trusting_these(security.ca_data)
    named = [("ca_certificate", security.ca_certificate)] + [(each, os.environ.get(each)) for each in _VARIABLES]
    for name, path in named:
        if path:
            return _trusting_only(name, path)
    return _trusting_system()


def _no_password() -> str:
    raise ValueError("the key has a password; give one that has none")


def _trusting_only(name: str, path: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if Path(path).is_dir():
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    except OSError as error:  # which is what OpenSSL raises, too
        reason = "there are no certificates in PEM form in it" if isinstance(error, ssl.SSLError) else error.strerror
        raise ConfigError(f"{name}: {path} can't be used: {reason}. Name a PEM file of certificates") from None
    return context


def _trusting_these(certificates: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=certificates)
    except (OSError, ValueError):
        msg = "the certificates that are kept with the profile are not in PEM form: keep them anew, from a PEM file"
        raise ConfigError(msg) from None
    return context


def _trusting_system() -> ssl.SSLContext:
    """Return a context that trusts whom the system trusts.

    On Linux, OpenSSL's own defaults are the system's, read once; truststore, which reads them for
    each connection anew, is for the systems with a store of another kind, and for a Python that was
    built elsewhere and looks for them in vain.
    """
    if sys.platform not in _OWN_STORE:
        context = ssl.create_default_context()
        directory = ssl.get_default_verify_paths().capath
        if context.cert_store_stats()["x509"] or (directory and any(Path(directory).iterdir())):
            return context
    import truststore  # loads where it is needed

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def described(certificate: bytes) -> str:
    """Return what a certificate says of itself: for whom, by whom, and when it holds; empty if that can't be read.

    The standard library decodes a certificate of a connection that it trusts, and shows no other way
    to the same code than the one its own tests take.
    """
    decode: Any = getattr(getattr(ssl, "_ssl", None), "_test_decode_cert", None)
    if decode is None:
        return ""
    from tempfile import mkstemp  # loads when a certificate is not trusted

    handle, name = mkstemp(suffix=".pem")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(ssl.DER_cert_to_PEM_cert(certificate))
        found: dict[str, Any] = decode(name)
    except (OSError, ValueError):
        return ""
    finally:
        Path(name).unlink(missing_ok=True)
    names = [value for _, value in found.get("subjectAltName", ())] or [_name(found.get("subject", ()))]
    held = f"from {found.get('notBefore')} to {found.get('notAfter')}"
    return f"It is for {', '.join(names[:5])}, by {_name(found.get('issuer', ()))}, {held}"


def _name(parts: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    """Return the name in a certificate that people know: the common one, or the organisation's."""
    known = {key: value for part in parts for key, value in part}
    for key in ("commonName", "organizationName", "organizationalUnitName"):
        if known.get(key):
            return repr(known[key])
    return "nobody"
