"""Never run: what mypy and basedpyright must know of the lines that users write."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import polars
from typing_extensions import assert_type

from connectapi import (
    APIError,
    Bundle,
    Client,
    Content,
    GroupMember,
    NotFoundError,
    Permission,
    ResourceIterator,
    ResourceList,
    Secret,
    SignIn,
    SnowflakeHosted,
    Tag,
    Task,
    User,
    bootstrap,
    sign_in,
    sign_out,
    signed_in,
)
from connectapi.resources import BundleCollection, ContentCollection, ContentOwner

# The seed's lines.
client = Client()
client = Client(connect_server="https://host/rsc", connect_api_key="key")
client = Client(profile="prod", plugins=[SnowflakeHosted("dev")])
assert_type(bootstrap("https://host/rsc", secret="c2VjcmV0", secret_file=Path("key")), Secret)
assert_type(client.connect_server, str)
assert_type(client.connect_api_key, Secret | None)
assert_type(client.api_endpoint, str)

my_content = Content.get(client, owner_guid="d03a6b7a-c818-4e40-8ef9-84ca567f9671")
assert_type(my_content, ResourceList[Content])
assert_type(len(my_content), int)
assert_type(my_content[0:2], ResourceList[Content])
for each in my_content[0:2]:
    assert_type(each, Content)

content = Content.get_one(client, content_guid="241fe2cd-6eba-4a79-9aa3-6e6fe28c5714")
assert_type(content, Content)
assert_type(Content.get_one(client, "241fe2cd-6eba-4a79-9aa3-6e6fe28c5714"), Content)
assert_type(content.guid, str)
assert_type(content.title, str | None)
assert_type(content.created_time, datetime)
assert_type(content.load_factor, float | None)
assert_type(content.access_type, Literal["all", "logged_in", "acl"])
assert_type(content.dict(), dict[str, Any])

# The lines beside them.
assert_type(Content.iter(client, include=["tags", "owner"]), ResourceIterator[Content])
assert_type(next(Content.iter(client)), Content)
assert_type(my_content.to_polars(nested="dotted"), polars.DataFrame)
assert_type(my_content.related("bundles"), Iterator[tuple[Content, Any]])
assert_type(Content.count(client), int)
assert_type(Content.create(client, name="new", title=None), Content)
assert_type(content.update(title="x"), Content)
assert_type(content.refresh(), Content)
assert_type(content.owner, ContentOwner | None)
assert_type(content.tags, list[Tag] | None)
assert_type(content.extra, dict[str, Any])
assert_type(User.whoami(client), User)
assert_type(User.get(client, user_role=["publisher"], page_size=100), ResourceList[User])
assert_type(client.content, ContentCollection)
assert_type(client.content.get(), ResourceList[Content])
assert_type(client.content.update("guid", title="x"), Content)
assert_type(content.bundles, BundleCollection)
assert_type(content.bundles.get(), ResourceList[Bundle])
assert_type(content.permissions.get(), ResourceList[Permission])
assert_type(content.owner_user.get(), User | None)
assert_type(content.deploy(bundle_id="1"), Task)
assert_type(content.deploy().wait(timeout=60), Task)
assert_type(content.bundles.get()[0].download(to="bundle.tar.gz"), Path | None)
assert_type(content.bundles.create(Path("bundle.tar.gz")), Bundle)
assert_type(GroupMember.get(client, group_guid="g"), ResourceList[GroupMember])
assert_type(Content.publish(client, "site", title="A site"), Content)
with Client("demo") as demo:
    assert_type(demo, Client)

try:
    content.delete()
except NotFoundError as error:
    assert_type(error.code_name, str | None)
    assert isinstance(error, APIError)

# Signing in.
assert_type(sign_in("https://host/rsc", device=True, timeout=60), SignIn)
assert_type(signed_in("https://host/rsc"), SignIn | None)
assert_type(sign_out("https://host/rsc"), bool)

# What is wrong: each line must be an error, or its "ignore" is one.
Content.get(client, ownerguid="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Content.get(client, owner_guid=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
content.update(guid="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
content.titel  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
client.contents  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
Content.create(client)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
content.access_type = "everyone"  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
