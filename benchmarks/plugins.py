"""What plugins' hooks cost a call where nobody has any: calls as they are, beside calls with all of that cut out.

    python benchmarks/plugins.py                            prints the table
    python benchmarks/plugins.py --write docs/plugins.md    also writes it there

Processor time of the client alone, over loopback, the server in a process of its own. Each round measures every
variant, one after the other, and the next round the other way round; what counts is the ratio within a round, and of
those the median. The control is the first variant once more: what it differs by is noise.
"""

import argparse
import gc
import platform
import re
import statistics
import time
from pathlib import Path

from run import serving

from connectapi import Client, Content, hookimpl
from connectapi.http.deprecation import warn_if_deprecated
from connectapi.http.transport import Transport

GUID = "d03a6b7a-c818-4e40-8ef9-84ca567f9671"
BEGIN, END = "<!-- Written by `python benchmarks/plugins.py --write docs/plugins.md`. -->\n", "<!-- End. -->\n"

TABLE = """
| a call | beside one without the code for hooks | the middle half of the rounds |
|---|---|---|
{rows}

`Content.get_one` over loopback ({machine}): {rounds} rounds of {calls} calls of each, processor time of the client,
medians; {micros:.0f} µs a call.

"""


class BareTransport(Transport):
    """Sends without a look at hooks: the code is that of `Transport`, but for them."""

    def _complete(self, request):
        return self._completed(request)

    def _check(self, request, response, course):
        warn_if_deprecated(request, response.headers)
        if response.status >= 400:
            super()._check(request, response, course)


class Bare(Client):
    """A client that knows of no hooks around calls."""

    def send(self, request):
        return self._shared.transport.send(request, self._options)

    @classmethod
    def of(cls, url):
        made = cls(url, "key")
        made._shared.transport = BareTransport(made._address, made._shared.auth, made._options)
        return made


class Elsewhere:
    """A plugin that cares for other things than calls."""

    @hookimpl
    def choose_server(self, name):
        return None


class Around:
    """A plugin that does nothing, before and after each call and around it."""

    @hookimpl
    def before_request(self, request):
        return None

    @hookimpl
    def after_response(self, request, response):
        return None

    @hookimpl
    def wrap_send(self, send):
        def sent(request, options):
            return send(request, options)

        return sent


def measure(variants, rounds, calls):
    """Return the processor time of so many calls, in seconds, for each variant in each round."""
    times = {name: [] for name in variants}
    for name in variants:
        spent(variants[name], 200)  # what is made once is made
    gc.collect()
    gc.disable()
    for turn in range(rounds):
        for name in list(variants)[:: -1 if turn % 2 else 1]:
            times[name].append(spent(variants[name], calls))
        if turn % 50 == 0:
            gc.collect()
    gc.enable()
    return times


def spent(client, calls):
    start = time.process_time()
    for _ in range(calls):
        Content.get_one(client, GUID)
    return time.process_time() - start


def line(name, times, bare):
    ratios = [100 * (own / other - 1) for own, other in zip(times, bare, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    return f"| {name} | {middle:+.1f} % | {low:+.1f} % to {high:+.1f} % |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--calls", type=int, default=10)
    parser.add_argument("--write", type=Path, help="the page that has a place for the table")
    options = parser.parse_args()
    with serving() as url:
        variants = {
            "without the code for hooks": Bare.of(url),
            "the same once more, as a control": Bare.of(url),
            "no plugin": Client(url, "key"),
            "a plugin without hooks around calls": Client(url, "key", plugins=[Elsewhere()]),
            "a plugin that does nothing in all three": Client(url, "key", plugins=[Around()]),
        }
        times = measure(variants, options.rounds, options.calls)
        for client in variants.values():
            client.close()
    bare = times.pop("without the code for hooks")
    table = TABLE.format(
        rows="\n".join(line(name, each, bare) for name, each in times.items()),
        machine=f"Python {platform.python_version()}, {platform.machine()}",
        rounds=options.rounds,
        calls=options.calls,
        micros=1e6 * statistics.median(bare) / options.calls,
    )
    print(table)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        whole = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
        options.write.write_text(whole.sub(lambda _: BEGIN + table + END, page), encoding="utf-8")


if __name__ == "__main__":
    main()
