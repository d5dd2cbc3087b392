"""AWS, by boto3."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from connectapi.client.session_token import hidden
from connectapi.errors import ConfigError

if TYPE_CHECKING:
    from connectapi.client.client import Client
    from connectapi.client.session_token import SessionToken

__all__ = ["session"]


def session(
    client: Client, viewer: SessionToken | None = None, *, audience: str | None = None, region: str | None = None
) -> Any:
    """Return a `boto3.Session` with temporary keys, which are renewed before they expire.

    Args:
        client: a client of Connect.
        viewer: the viewer's session token, or a function that returns it; left out, the service
            account's credentials are used.
        audience: the guid of the integration, where the content uses several.
        region: the AWS region.

    Raises:
        ConfigError: boto3 is not installed.
    """
    viewer = hidden(viewer)  # first of all: no local may hold the text
    try:
        boto3: Any = import_module("boto3")  # for those who use AWS
        botocore: Any = import_module("botocore.credentials")
        core: Any = import_module("botocore.session")
    except ImportError:
        raise ConfigError("boto3 is not installed: pip install boto3") from None

    def keys() -> dict[str, str | None]:
        found = client.oauth.credentials(viewer, audience=audience, kind="aws")
        return {
            "access_key": found.access_key_id,
            "secret_key": found.secret_access_key.reveal(),
            "token": found.session_token.reveal(),
            "expiry_time": found.expires.isoformat() if found.expires is not None else None,
        }

    inner = core.get_session()
    # botocore has no other way to give keys that are renewed.
    inner._credentials = botocore.RefreshableCredentials.create_from_metadata(
        keys(), refresh_using=keys, method="connectapi"
    )
    return boto3.Session(botocore_session=inner, region_name=region)
