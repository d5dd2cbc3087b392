"""What the server of `soak.py` has at its end, held against what the threads of `soak_work.py` know."""

import hashlib
import io
from collections import Counter

__all__ = ["compare"]


def compare(client, workers):
    """Return what is wrong, a sentence each."""
    there = client.content.get()
    names = Counter(each.name for each in there)
    wrong = [f"{name} is there {number} times" for name, number in names.items() if number > 1]
    found = {each.guid: each for each in there}
    paths = {each.content_guid: each.path for each in client.vanities.get()}
    for worker in workers:
        for item in worker.items.values():
            if item.guid not in found:
                wrong.append(f"{item.name} was made and is not there")
            else:
                wrong += compare_item(client, found[item.guid], item, paths.get(item.guid))
        wrong += [f"{name} was deleted and is there" for name in worker.gone if name in names]
        wrong += [f"{name} was refused and is there" for name in worker.created["refused"] if name in names]
    known = {item.name for worker in workers for item in worker.items.values()}
    known |= {name for worker in workers for name in (*worker.unsure_gone, *worker.created["unknown"])}
    return wrong + [f"{name} is there, and nobody made it" for name in names if name not in known]


def compare_item(client, content, item, path):
    there = {"title": content.title, "environment": tuple(sorted(content.list_environment())), "vanity": path}
    wrong = [
        f"{name} of {item.name} is {there[name]!r}, none of {values!r}"
        for name, values in item.values.items()
        if there[name] not in values
    ]
    digests = Counter()
    for each in content.bundles.get():
        target = io.BytesIO()
        client.bundles.download(each.id, content_guid=item.guid, to=target)
        digest = hashlib.sha256(target.getvalue()).hexdigest()
        digests[digest] += 1
        if item.bundles.get(each.id, digest) != digest:
            wrong.append(f"bundle {each.id} of {item.name} is not what was sent")
    sent = [*item.bundles.values()]
    wrong += [f"a bundle of {item.name} is there {number} times" for number in digests.values() if number > 1]
    wrong += [f"a bundle of {item.name} is missing" for digest in sent if digest not in digests]
    known = {*sent, *item.unsure_bundles}
    wrong += [f"{item.name} has a bundle that was refused" for digest in digests if digest not in known]
    done, unsure = item.deployments
    jobs = len(content.jobs.get())
    if not done <= jobs <= done + unsure:
        wrong.append(f"{item.name} was deployed {jobs} times, not {done} to {done + unsure}")
    return wrong
