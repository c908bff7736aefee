"""Section `proxy`: what a forwarded request costs, in CPU time of the proxy, Lintel and its peers in turn."""

import http.client
import json
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

import messages
from peers import find_program, nginx_frame
from processes import Process, cores, free_port

HERE = Path(__file__).resolve().parent
CONNECTIONS = 64


@dataclass(frozen=True)
class Workload:
    """One kind of request, and the share of nginx's cost that it may have in Lintel."""

    key: str
    title: str
    method: str
    path: str
    body: bytes | None
    validation: dict
    reply: str                      # which of the backend's two faces answers
    status: int
    budget: float                   # times nginx
    envoy_budget: float | None      # times Envoy


SKIP = {"requests": "enforce", "responses": "skip"}
WORKLOADS = [
    Workload("get", "GET, parameters only", "GET", "/products/1", None, SKIP, "small", 200, 1.05, None),
    Workload("post", "POST, 1 KB JSON body validated", "POST", "/products", messages.NEW_PRODUCT, SKIP, "small", 201,
             1.15, None),
    Workload("post-and-reply", "POST, 1 KB JSON body and 1 KB JSON reply validated", "POST", "/products",
             messages.NEW_PRODUCT, {"requests": "enforce", "responses": "enforce"}, "full", 201, 1.3, 0.5),
]


class Backend:
    """An nginx that answers the workloads at once: a `small` face, and a `full` face whose 201 is a whole product."""

    def __init__(self, folder, core):
        folder = Path(folder) / "backend"
        folder.mkdir(exist_ok=True)
        self.ports = {"small": free_port(), "full": free_port()}
        created = {"small": messages.SMALL_REPLY, "full": messages.CREATED_REPLY}
        # `return` reads the request's body and drops it, also when it comes after the head, and keeps the connection.
        servers = "".join(f"""
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ return 404 '{{"message":"not part of the benchmark"}}'; }}
    location = /products/1 {{ return 200 '{messages.PRODUCT_REPLY.decode()}'; }}
    location = /products {{ add_header Location /products/41; return 201 '{created[face].decode()}'; }}
  }}""" for face, port in self.ports.items())
        path = folder / "nginx.conf"
        path.write_text(nginx_frame(folder, 8192) + servers + "\n}\n")
        command = [find_program("nginx"), "-p", folder, "-c", path, "-e", "stderr"]
        self.process = Process(command, folder / "output.log", core).wait_for(self.ports["full"])

    def stop(self):
        """Ends the backend."""
        self.process.stop()


def one_request(port, workload):
    """Sends one request and returns its status, so that a proxy that refuses is not measured as a fast one."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        headers = {"Content-Type": "application/json"} if workload.body else {}
        connection.request(workload.method, workload.path, workload.body, headers)
        reply = connection.getresponse()
        text = reply.read()
        return reply.status, text
    finally:
        connection.close()


class Generator:
    """wrk with kept connections, 64 of them, on the core that is not the proxy's."""

    def __init__(self, folder, core, connections=CONNECTIONS):
        self.program = find_program("wrk")
        self.connections = connections
        self.folder = Path(folder)
        self.core = core

    def run(self, port, workload, seconds):
        """Loads one proxy and returns wrk's figures. Raises RuntimeError when it printed none."""
        arguments = [workload.method]
        if workload.body:
            path = self.folder / f"{workload.key}.body.json"
            path.write_bytes(workload.body)
            arguments.append(str(path))
        command = [self.program, "-t1", f"-c{self.connections}", f"-d{seconds}s", "-s", str(HERE / "wrk.lua"),
                   f"http://127.0.0.1:{port}{workload.path}", "--", *arguments]
        if self.core is not None:
            command = ["taskset", "-c", str(self.core), *command]
        output = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30)
        for line in output.stdout.splitlines():
            if line.startswith("{"):
                return json.loads(line)
        raise RuntimeError(f"wrk failed: {output.stderr.strip() or output.stdout.strip()}")


def measure(process, port, workload, generator, seconds):
    """One run of one proxy: its figures, or None (with the reason in `void`) when a request failed."""
    before = process.cpu_seconds()
    figures = generator.run(port, workload, seconds)
    used = process.cpu_seconds() - before
    if not process.is_running():
        return {"void": "the proxy ended"}
    if figures["failedStatus"] or figures["failedSocket"] or not figures["requests"]:
        return {"void": f"{figures['failedStatus']} failed replies, {figures['failedSocket']} failed connections"}
    elapsed = figures["microseconds"] / 1e6
    return {
        "cpuMicroseconds": used / figures["requests"] * 1e6,
        "requestsPerSecond": figures["requests"] / elapsed,
        "busy": used / elapsed,
        "p50": figures["p50"], "p99": figures["p99"],
        "peakResident": process.peak_resident_bytes(),
    }


def run_workload(workload, peers, document, backend, generator, context):
    """All rounds of one workload. Returns {peer: [run, …]}."""
    proxy_core, folder, options, say = cores()[0], context.folder, context.options, context.say
    running, runs = {}, {}
    try:
        for peer in peers:
            contract = (document, workload.validation, {})
            try:
                process, port = peer.start(Path(folder) / workload.key, backend.ports[workload.reply], proxy_core,
                                           contract=contract)
            except RuntimeError as error:
                say(f"{peer.name} does not start: {error}")
                continue
            running[peer.name] = (process, port)
            status, text = one_request(port, workload)
            if status != workload.status:
                say(f"{peer.name} answers {status} to {workload.method} {workload.path}, left out: {text[:300]!r}")
                process.stop()
                del running[peer.name]
                continue
            generator.run(port, workload, 1)    # Warm: connections open, code paged in.
        for turn in range(options.rounds):
            # Every other round runs backwards, so that nobody always follows the same neighbour.
            order = list(running.items())
            for name, (process, port) in order if turn % 2 == 0 else reversed(order):
                run = measure(process, port, workload, generator, options.seconds)
                runs.setdefault(name, []).append(run)
                shown = run.get("void") or f"{run['cpuMicroseconds']:.1f} µs, {run['requestsPerSecond']:.0f}/s"
                say(f"{workload.key}, round {turn + 1}/{options.rounds}, {name}: {shown}")
    finally:
        for process, _ in running.values():
            process.stop()
    return runs


def ratio(runs, name, other):
    """The median of the rounds' own ratios, so that a slow moment of the machine hits both sides. None without both."""
    pairs = [one["cpuMicroseconds"] / two["cpuMicroseconds"]
             for one, two in zip(runs.get(name, []), runs.get(other, []))
             if "void" not in one and "void" not in two and two["cpuMicroseconds"]]
    return statistics.median(pairs) if pairs else None


def median(runs, name, key):
    """The median of one figure over the rounds that count. None without any."""
    values = [run[key] for run in runs.get(name, []) if "void" not in run]
    return statistics.median(values) if values else None


def run(context):
    """Measures every workload; returns the section's results and rows of the tables."""
    peers = context.available_peers()
    document = context.root / "specs" / "products.yaml"
    results, budgets, details = {}, [], []
    backend = Backend(context.folder, cores()[1])
    try:
        generator = Generator(context.folder, cores()[1])
        for workload in WORKLOADS:
            runs = run_workload(workload, peers, document, backend, generator, context)
            results[workload.key] = runs
            row = {name: median(runs, name, "cpuMicroseconds") for name in ("Lintel", "nginx", "HAProxy", "Envoy")}
            to_nginx, to_envoy = ratio(runs, "Lintel", "nginx"), ratio(runs, "Lintel", "Envoy")
            held = None if to_nginx is None else to_nginx <= workload.budget
            if workload.envoy_budget is not None and to_envoy is not None and held is not None:
                held = held and to_envoy < workload.envoy_budget
            budgets.append({
                "work": workload.title, "unit": "µs", **row, "ratio": to_nginx,
                "budget": f"≤ {workload.budget:g} × nginx" + (
                    f", < {workload.envoy_budget:g} × Envoy" if workload.envoy_budget else ""),
                "held": held})
            for name in row:
                if row[name] is not None:
                    details.append([
                        workload.title, name, f"{median(runs, name, 'requestsPerSecond'):,.0f}",
                        f"{median(runs, name, 'p50') / 1000:.2f}", f"{median(runs, name, 'p99') / 1000:.2f}",
                        f"{median(runs, name, 'peakResident') / 2**20:.1f}",
                        f"{median(runs, name, 'busy') * 100:.0f} %",
                        str(sum("void" in run for run in runs[name]))])
    finally:
        backend.stop()
    context.budgets += budgets
    columns = ["work", "proxy", "requests/s", "p50 ms", "p99 ms", "peak RSS MiB", "core busy", "void runs"]
    context.tables.append(("Proxied requests", columns, details))
    return results
