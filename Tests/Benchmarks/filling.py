"""Part of section `cache`: a million different keys through a store of 64 MiB, and what the process grows by."""

import http.client
import json
import subprocess
from pathlib import Path

import messages
from peers import Lintel, find_program, nginx_frame
from processes import Process, cores, free_port

HERE = Path(__file__).resolve().parent
KEYS = 1_000_000
STORE_MIB = 64
GROWTH_BUDGET_MIB = 30              # above the store's budget, for all of the process
ACCOUNTING_BUDGET = 0.1
SECONDS = 5


class Products:
    """An nginx that answers every `/products/N` with 1 KB of JSON."""

    def __init__(self, folder, core):
        folder = Path(folder) / "products"
        folder.mkdir(exist_ok=True)
        self.port = free_port()
        path = folder / "nginx.conf"
        path.write_text(nginx_frame(folder, 8192) + f"""
  server {{
    listen 127.0.0.1:{self.port} backlog=4096;
    location /products/ {{ return 200 '{messages.CREATED_REPLY.decode()}'; }}
  }}
}}
""")
        command = [find_program("nginx"), "-p", folder, "-c", path, "-e", "stderr"]
        self.process = Process(command, folder / "output.log", core).wait_for(self.port)


class StoringLintel(Lintel):
    """Lintel whose operation stores its replies in a store of the budget, with its admin listener at `admin`."""

    def command(self, folder, port, upstream_port, connections, contract):
        document, validation, defaults = contract
        command = super().command(
            folder, port, upstream_port, connections, (document, validation, {**defaults, "cache": {"ttl": "600s"}}))
        path = Path(folder) / "routes" / "gateway.json"
        settings = json.loads(path.read_text())
        self.admin = int(settings["gateway"]["admin"]["bind"].rpartition(":")[2])
        settings["gateway"]["cache"] = {"memory": f"{STORE_MIB}MiB"}
        path.write_text(json.dumps(settings))
        return command

    def statistics(self):
        """`GET /cache`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.admin, timeout=10)
        try:
            connection.request("GET", "/cache")
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


def ask(port, core, first, seconds):
    """Asks for ever new products for some time; how many. Raises RuntimeError when one failed."""
    command = [find_program("wrk"), "-t1", "-c64", f"-d{seconds}s", "-s", str(HERE / "fill.lua"), f"http://127.0.0.1:{port}/",
               "--", str(first)]
    if core is not None:
        command = ["taskset", "-c", str(core), *command]
    output = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30)
    for line in output.stdout.splitlines():
        if line.startswith("{"):
            figures = json.loads(line)
            if figures["failedStatus"] or figures["failedSocket"]:
                raise RuntimeError(f"{figures['failedStatus']} failed replies, {figures['failedSocket']} failed connections")
            return figures["requests"]
    raise RuntimeError(f"wrk failed: {output.stderr.strip() or output.stdout.strip()}")


def warm_up(port):
    """What serving at all takes is there before the store is filled."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        for number in range(200):
            connection.request("GET", f"/products/{number}")
            connection.getresponse().read()
    finally:
        connection.close()


def run(context):
    """Fills the store many times over: the process' peak, and its growth beside what the store counts."""
    keys = KEYS // 10 if context.options.quick else KEYS
    backend = Products(context.folder, cores()[1])
    lintel = StoringLintel(context.options.lintel)
    lintel.prepare()
    contract = (context.root / "specs" / "products.yaml", {"requests": "enforce", "responses": "report"}, {})
    process, port = lintel.start(Path(context.folder) / "filling", backend.port, cores()[0], contract=contract)
    try:
        warm_up(port)
        resident, counted, asked, first = process.resident_bytes(), lintel.statistics()["bytes"], 0, 0
        process.forget_peak()
        while asked < keys:
            first += 10_000_000     # The last keys of a round are not known; the next one keeps away from them.
            asked += ask(port, cores()[1], first, SECONDS)
        figures = lintel.statistics()
        grown, counted = process.resident_bytes() - resident, figures["bytes"] - counted
        peak = process.peak_resident_bytes() / 2**20
    finally:
        process.stop()
        backend.process.stop()
    context.say(f"{asked:,} keys, {figures['entries']:,} in store: peak {peak:.1f} MiB; "
                f"grown by {grown / 2**20:.1f} MiB, counted {counted / 2**20:.1f} MiB")
    limit = STORE_MIB + GROWTH_BUDGET_MIB
    context.budgets.append({
        "work": f"memory after {asked:,} different keys of 1 KB, store of {STORE_MIB} MiB", "unit": "MiB", "Lintel": peak,
        "budget": f"≤ {limit} MiB", "held": peak <= limit})
    ratio = grown / counted
    context.budgets.append({
        "work": "what the process grows by, against what the store counts", "unit": "MiB", "Lintel": grown / 2**20,
        "ratio": ratio, "budget": "within 10 %", "held": abs(ratio - 1) <= ACCOUNTING_BUDGET})
    return {"keys": asked, "peakMiB": peak, "grownBytes": grown, "countedBytes": counted, "store": figures}
