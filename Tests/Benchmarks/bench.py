#!/usr/bin/env python3
"""`make bench`: Lintel and its peers in turn on this machine, and whether the budgets hold.

    python3 Tests/Benchmarks/bench.py                     all sections
    python3 Tests/Benchmarks/bench.py proxy --quick       one section, two short rounds
    python3 Tests/Benchmarks/bench.py memory transfer     two sections

Python's standard library only. Loopback only; every process that it starts ends with it. Absolute times mean little
from one machine or one day to the next: the ratios within one run are what counts.
"""

import argparse
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import balancing
import caching
import composing
import documenting
import encrypting
import evaluating
import linting
import loading
import memory
import proxying
import report
import routing
import transferring
from peers import Envoy, HAProxy, Lintel, Nginx, Unavailable
from processes import busy_share, cores, raise_file_limit

SECTIONS = {
    "proxy": (proxying.run, "CPU per forwarded request, against nginx, HAProxy and Envoy"),
    "cache": (caching.run, "CPU per stored reply, against nginx and Varnish; misses, against LRU, SIEVE and the optimum"),
    "tls": (encrypting.run, "HTTP/2 over TLS: CPU per request, handshakes per CPU second, against nginx and Envoy"),
    "router": (routing.run, "cost of a match with 10 and with 10,000 operations"),
    "engine": (evaluating.run, "JSON bytes to a verdict, against jsonschema-rs and Blaze"),
    "load": (loading.run, "time of `lintel check` on large documents"),
    "lint": (linting.run, "time and memory of `lintel lint` on real documents, against vacuum"),
    "docs": (documenting.run, "the documentation of GitHub's document in a browser, against Swagger UI and Redoc"),
    "memory": (memory.run, "resident memory after the start, and for each of 10,000 idle connections"),
    "compose": (composing.run, "a composed page against its proxied parts and a FastAPI service; a forEach's time"),
    "balance": (balancing.run, "shares of three instances, one of them slow, by balancing algorithm"),
    "transfer": (transferring.run, "200 MB up and down: throughput, and how much the memory grows"),
}


#: Above this share of foreign work on the machine the report warns.
BUSY_SHARE = 0.1


class Context:
    """What the sections share: options, the folder for this run, the peers, and what was measured so far."""

    def __init__(self, options, root, folder):
        self.options = options
        self.root = root
        self.folder = folder
        self.results = {}
        self.budgets = []       # rows of the one table: work, figures, ratio, budget, held
        self.tables = []        # further tables: title, columns, rows
        self._peers = None

    def say(self, line):
        """Progress, on standard error."""
        print(line, file=sys.stderr, flush=True)

    def available_peers(self):
        """The proxies that this machine has; each missing one is said once."""
        if self._peers is None:
            build = self.root / ".build"
            everybody = [Nginx(), HAProxy(), Envoy(build / "bench" / "venv"), Lintel(self.options.lintel)]
            self._peers = []
            for peer in everybody:
                if peer.name.lower() not in self.options.peers:
                    continue
                try:
                    peer.prepare()
                    self._peers.append(peer)
                except Unavailable as reason:
                    self.say(f"without {peer.name}: {reason}")
        return self._peers

    def lintel(self):
        """Lintel alone, or None when it is not built."""
        return next((peer for peer in self.available_peers() if peer.name == "Lintel"), None)


def parse_options(root):
    """The command line."""
    parser = argparse.ArgumentParser(
        description="Measures Lintel and its peers on this machine.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="sections:\n" + "\n".join(f"  {name:10}{what}" for name, (_, what) in SECTIONS.items()))
    parser.add_argument("sections", nargs="*", metavar="SECTION", help="which sections to run (default: all)")
    parser.add_argument("--quick", action="store_true", help="short rounds and small transfers: to see that it works")
    parser.add_argument("--rounds", type=int, help="rounds of each workload (default 5)")
    parser.add_argument("--seconds", type=int, help="length of a round in seconds (default 4)")
    parser.add_argument("--peers", default="nginx,haproxy,envoy,lintel", help="whom to measure, by comma")
    parser.add_argument("--lintel", type=Path, default=root / ".build/release/lintel", help="the program to measure")
    parser.add_argument(
        "--corpora", type=Path, help="where the real documents are (default: LINTEL_CORPORA, ../shared/corpora)")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a budget is missed")
    options = parser.parse_args()
    for name in options.sections:
        if name not in SECTIONS:
            parser.error(f"no section {name}: there are {', '.join(SECTIONS)}")
    options.sections = options.sections or list(SECTIONS)
    options.peers = {name.strip().lower() for name in options.peers.split(",")}
    options.rounds = options.rounds or (2 if options.quick else 5)
    options.seconds = options.seconds or (2 if options.quick else 4)
    options.lintel = options.lintel.absolute()
    return options


def main():
    """Runs the sections and prints the report. Returns the exit code."""
    root = Path(__file__).resolve().parents[2]
    options = parse_options(root)
    # A benchmark that is told to stop still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    raise_file_limit()
    if cores()[0] is None:
        print("one core only: proxy, backend and generator share it, and the figures suffer", file=sys.stderr)
    busy = busy_share()
    if busy > BUSY_SHARE:
        print(f"others use {busy * 100:.0f} % of this machine: trust no figure of this run", file=sys.stderr)
    folder = Path(tempfile.mkdtemp(prefix="lintel-bench-"))
    context = Context(options, root, folder)
    context.results["machine"] = {"busyBefore": busy}
    try:
        for name in options.sections:
            started = time.monotonic()
            context.say(f"-- {name}")
            try:
                context.results[name] = SECTIONS[name][0](context)
            except Unavailable as reason:
                context.say(f"without section {name}: {reason}")
            context.say(f"-- {name} took {time.monotonic() - started:.0f} s")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    results = root / ".build" / "bench" / "results.json"
    report.write_results(context, results)
    print(report.text(context) or "Nothing could be measured.")
    context.say(f"figures: {results}")
    missed = any(budget["held"] is False for budget in context.budgets)
    return 1 if options.strict and missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
