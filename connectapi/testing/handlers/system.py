"""What administrators look after: documentation, checks, hosts, queues. Most of it is quiet here."""

from __future__ import annotations

from typing import Final

from connectapi.testing import generic
from connectapi.testing.call import Answer, Call
from connectapi.testing.identity import visible
from connectapi.testing.paging import enveloped
from connectapi.testing.refusal import absent, bad
from connectapi.testing.registry import handles
from connectapi.testing.shape import Shape, shown
from connectapi.testing.store import Document

__all__: list[str] = []

#: What the server keeps track of, and the kinds of records that tell.
_FEATURES: Final = (
    ("api_keys", ("ApiKey",)),
    ("custom_documentation", ("CustomDocumentation",)),
    ("environments", ("Environment",)),
    ("groups", ("Group",)),
    ("oauth_integrations", ("OAuthIntegration",)),
    ("schedules", ("Schedule",)),
    ("service_tokens", ("ServiceToken",)),
    ("tags", ("Tag",)),
    ("vanity_urls", ("Vanity",)),
)


@handles("CustomDocumentation", "create")
def set_documentation(call: Call) -> Answer:
    """Set the page of documentation."""
    return generic.answered(call, call.records.put(call.kind, "", {"created_time": call.world.now(), **call.body}))


@handles("SystemCheckRun", "create")
def run_checks(call: Call) -> Answer:
    """Begin a run of checks, which is over at once."""
    values = {"hostname": "localhost", "status": "done", "passed": 1, **call.body}
    key, document = generic.complete(call.world, call.records, call.spec, values, {})
    call.records.insert(call.kind, key, document)
    return generic.answered(call, document)


@handles("SystemCheckRun", "results")
def check_results(call: Call) -> Answer:
    """Return the outcome of the one check."""
    names = {"group": {"name": "server"}, "test": {"name": "answers"}}
    result = {**names, "passed": True, "output": "The server answers."}
    return Shape(call).fields(call.operation.answer.kind, {"run": call.item(), "results": [result]})


@handles("Host", "get")
def hosts(call: Call) -> Answer:
    """List the one machine, which is active as long as it answers."""
    host = {"hostname": "localhost", "version": call.world.version, "last_seen": call.world.now()}
    return [shown(call, "Host", host)]


@handles("QueueItem", "delete")
def delete_queued(call: Call) -> Answer:
    """Take an item out of its queue unless the work has begun."""
    if call.item().get("started_time"):
        raise bad("The item is being worked on.", "CannotDelete")
    return generic.delete(call)


@handles("Feature", "get")
def features(call: Call) -> Answer:
    """List the features by the kinds of records that they leave, and whether there are any."""
    found = [{"name": name, "used": any(call.records.count(kind) for kind in kinds)} for name, kinds in _FEATURES]
    return [shown(call, "Feature", each) for each in found]


@handles("Package", "get")
def packages(call: Call) -> Answer:
    """List the packages that the bundles in use name, by language and name; of the content that the caller sees."""
    wanted = call.params.get("name")
    found = [
        shown(call, "Package", {**package, **_place(content, package)})
        for content in call.records.find("Content", *visible(call.caller))
        for package in content.get("_packages", ())
        if wanted in {None, package["name"]}
    ]
    found.sort(key=lambda each: (each["language"], each["name"]), reverse=call.params.get("asc_order") is False)
    answer: Answer = enveloped(call, found)
    return answer


def _place(content: Document, package: Document) -> Document:
    number, guid = content["id"], content["guid"]
    return {
        "language_version": content.get("py_version" if package["language"] == "python" else "r_version") or "",
        "bundle_id": content["bundle_id"],
        "content_id": number,
        "content_guid": guid,
        "app_id": number,
        "app_guid": guid,
    }


@handles("ServiceAccounts", "get_one")
def service_accounts(call: Call) -> Answer:
    """Say that content runs on the server itself."""
    return Shape(call).fields("ServiceAccounts", {"enabled": False})


@handles("Example", "thumbnail", "download")
def example(call: Call) -> Answer:
    """Refuse: there are no examples."""
    raise absent(f"The example {call.key!r}")
