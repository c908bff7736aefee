"""Section `balance`: who gets how much of the load, by algorithm, when one of three instances is ten times slower.

32 connections ask without pause, so each algorithm shows twice what it does: in the shares of the three, and in how much
the clients get done. A hash goes by the path, of which there are a thousand: it keeps keys together and does not look at
how the instances are.
"""

import http.client
import json
import subprocess
import sys
from pathlib import Path

from peers import Unavailable, find_program
from processes import Process, cores, free_port

HERE = Path(__file__).resolve().parent
ALGORITHMS = ["round-robin", "least-request", "peak-ewma", "hash"]
DELAYS = [0.005, 0.005, 0.050]
CONNECTIONS = 32
DOCUMENT = {"openapi": "3.1.0", "info": {"title": "Work", "version": "1.0.0"}, "paths": {}}


def write_settings(folder, algorithm, ports):
    """Routes for one algorithm over instances at these ports. Returns (folder, public port)."""
    folder = folder / algorithm
    (folder / "routes").mkdir(parents=True)
    (folder / "specs").mkdir()
    (folder / "specs" / "work.json").write_text(json.dumps(DOCUMENT))
    port = free_port()
    (folder / "routes" / "gateway.json").write_text(json.dumps({
        "version": 1,
        "gateway": {
            "listeners": {"public": {"bind": f"127.0.0.1:{port}"}},
            "admin": {"bind": f"127.0.0.1:{free_port()}"},
            "workers": 1,
            "telemetry": {"accessLog": "none"},
            "defaults": {"validation": {"requests": "skip", "responses": "skip"}},
        },
        "upstreams": {"work": {
            "targets": [f"http://127.0.0.1:{each}" for each in ports], "balance": algorithm, "hashBy": "path"}},
        "apis": {"work": {
            "spec": "../specs/work.json", "mount": "/things", "upstream": "work", "undeclared": "pass"}},
    }))
    return folder / "routes", port


def count(port):
    """How many requests an instance has had."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/count")
        return int(connection.getresponse().read())
    finally:
        connection.close()


def load(port, seconds, core):
    """Asks for that long and returns wrk's figures."""
    command = [find_program("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(HERE / "balancing.lua"),
               f"http://127.0.0.1:{port}"]
    if core is not None:
        command = ["taskset", "-c", str(core), *command]
    output = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30)
    for line in output.stdout.splitlines():
        if line.startswith("{"):
            return json.loads(line)
    raise RuntimeError(f"wrk failed: {output.stderr.strip() or output.stdout.strip()}")


def measure(context, lintel, folder, algorithm):
    """One algorithm: shares by instance, and what the clients got."""
    proxy_core, other_core = cores()
    instances, process = [], None
    try:
        ports = [free_port() for _ in DELAYS]
        for port, delay in zip(ports, DELAYS):
            command = [sys.executable, HERE / "instance.py", port, delay]
            instances.append(Process(command, folder / f"instance-{port}.log", other_core).wait_for(port))
        routes, public = write_settings(folder, algorithm, ports)
        process = Process(lintel.serve(routes), folder / f"{algorithm}.log", proxy_core).wait_for(public)
        load(public, 1, other_core)
        before = [count(port) for port in ports]
        figures = load(public, context.options.seconds * 2, other_core)
        counts = [count(port) - earlier for port, earlier in zip(ports, before)]
        if figures["failed"]:
            raise RuntimeError(f"{figures['failed']} requests failed")
        return {
            "shares": [each / max(1, sum(counts)) for each in counts],
            "requestsPerSecond": figures["requests"] / figures["microseconds"] * 1e6,
            "p50": figures["p50"], "p99": figures["p99"],
        }
    finally:
        for each in [process, *instances]:
            if each:
                each.stop()


def run(context):
    """Measures every algorithm; returns its figures."""
    lintel = context.lintel()
    if lintel is None:
        raise Unavailable("Lintel is not built")
    folder = Path(context.folder) / "balance"
    folder.mkdir()
    results, rows = {}, []
    for algorithm in ALGORITHMS:
        result = results[algorithm] = measure(context, lintel, folder, algorithm)
        context.say(f"{algorithm}: {result}")
        rows.append([
            f"`{algorithm}`", *(f"{share * 100:.1f} %" for share in result["shares"]),
            f"{result['requestsPerSecond']:,.0f}", f"{result['p50'] / 1000:.1f} ms", f"{result['p99'] / 1000:.1f} ms"])
    context.tables.append((
        "Balancing over three instances, the third ten times slower (5, 5 and 50 ms), 32 connections",
        ["algorithm", "first", "second", "slow one", "requests/s", "p50", "p99"], rows))
    return results
