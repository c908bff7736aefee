"""Section `tls`: HTTP/2 over TLS to the client, HTTP/1.1 to the service: CPU per request, and handshakes per CPU second.

The load is nghttp2's h2load: 16 connections with 8 streams each for requests, one request per connection for handshakes
(TLS 1.3, an ECDSA key on P-256, no resumption). Lintel, nginx and Envoy each have one worker on one core.
"""

import json
import re
import shutil
import statistics
import subprocess
from pathlib import Path

from peers import Envoy, Lintel, Nginx, Unavailable
from processes import cores
from proxying import Backend, ratio

CONNECTIONS = 16
STREAMS = 8
HANDSHAKES = 400
#: CPU per request, times Envoy.
BUDGET = 1.0


def certificate(folder):
    """Makes a certificate for localhost. Returns the paths of chain and key."""
    chain, key = Path(folder) / "cert.pem", Path(folder) / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", chain],
        check=True, capture_output=True)
    return chain, key


class SecureNginx(Nginx):
    """nginx with `ssl` and `http2`."""

    def __init__(self, chain, key):
        self.pair = chain, key

    def command(self, folder, port, upstream_port, connections, contract):
        command = super().command(folder, port, upstream_port, connections, contract)
        path = folder / "nginx.conf"
        chain, key = self.pair
        path.write_text(path.read_text().replace(
            f"listen 127.0.0.1:{port} backlog=4096;",
            f"listen 127.0.0.1:{port} ssl http2 backlog=4096; ssl_certificate {chain}; ssl_certificate_key {key}; "
            "ssl_protocols TLSv1.2 TLSv1.3; http2_max_concurrent_streams 100;"))
        return command


class SecureEnvoy(Envoy):
    """Envoy with a downstream TLS context, ALPN h2."""

    def __init__(self, environment, chain, key):
        super().__init__(environment)
        self.pair = chain, key

    def command(self, folder, port, upstream_port, connections, contract):
        command = super().command(folder, port, upstream_port, connections, contract)
        path = folder / "envoy.json"
        settings = json.loads(path.read_text())
        chain, key = (str(each) for each in self.pair)
        front = settings["static_resources"]["listeners"][0]["filter_chains"][0]
        front["filters"][0]["typed_config"]["codec_type"] = "HTTP2"
        front["transport_socket"] = {"name": "envoy.transport_sockets.tls", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {"alpn_protocols": ["h2"], "tls_certificates": [
                {"certificate_chain": {"filename": chain}, "private_key": {"filename": key}}]}}}
        path.write_text(json.dumps(settings))
        return command


class SecureLintel(Lintel):
    """Lintel with `tls` and `protocols: [h2, http1]` on its listener."""

    def __init__(self, program, chain, key):
        super().__init__(program)
        self.pair = chain, key

    def command(self, folder, port, upstream_port, connections, contract):
        command = super().command(folder, port, upstream_port, connections, contract)
        path = folder / "routes" / "gateway.json"
        settings = json.loads(path.read_text())
        chain, key = (str(each) for each in self.pair)
        settings["gateway"]["listeners"]["public"].update(
            protocols=["h2", "http1"], tls={"certificates": [{"cert": chain, "key": key}]})
        path.write_text(json.dumps(settings))
        return command


def load(arguments, port, timeout):
    """Runs h2load on the core that is not the proxy's. Returns (requests that succeeded, all of them)."""
    command = ["h2load", *arguments, f"https://localhost:{port}/products/1"]
    if cores()[1] is not None:
        command = ["taskset", "-c", str(cores()[1]), *command]
    output = subprocess.run(command, capture_output=True, text=True, timeout=timeout).stdout
    found = re.search(r"requests: (\d+) total.*?(\d+) succeeded", output)
    if not found:
        raise RuntimeError(f"h2load printed no figures: {output[-300:]}")
    statuses = re.search(r"status codes: (\d+) 2xx", output)
    return int(statuses.group(1)) if statuses else 0, int(found.group(1))


def measure(process, port, arguments, timeout):
    """One run: CPU microseconds of the proxy per request, or why it does not count."""
    before = process.cpu_seconds()
    good, total = load(arguments, port, timeout)
    used = process.cpu_seconds() - before
    if good != total or not total:
        return {"void": f"{total - good} of {total} requests failed"}
    return {"cpuMicroseconds": used / total * 1e6}


def run(context):
    """Measures requests and handshakes; returns the section's results and rows of the tables."""
    if not shutil.which("h2load"):
        raise Unavailable("h2load is not installed: apt-get install nghttp2-client")
    options = context.options
    chain, key = certificate(context.folder)
    wanted = {"nginx": lambda: SecureNginx(chain, key), "Lintel": lambda: SecureLintel(options.lintel, chain, key),
              "Envoy": lambda: SecureEnvoy(context.root / ".build" / "bench" / "venv", chain, key)}
    document = context.root / "specs" / "products.yaml"
    backend = Backend(context.folder, cores()[1])
    running, results = {}, {"requests": {}, "handshakes": {}}
    try:
        for peer in context.available_peers():
            if peer.name not in wanted:
                continue
            secure = wanted[peer.name]()
            secure.prepare()
            try:
                running[peer.name] = secure.start(
                    Path(context.folder) / "tls", backend.ports["small"], cores()[0],
                    contract=(document, {"requests": "enforce", "responses": "skip"}, {}))
                load(["-n2000", f"-c{CONNECTIONS}", f"-m{STREAMS}"], running[peer.name][1], 60)
            except RuntimeError as error:
                context.say(f"{peer.name} is left out: {error}")
        kinds = {
            "requests": [f"-D{options.seconds}", f"-c{CONNECTIONS}", f"-m{STREAMS}"],
            "handshakes": [f"-n{HANDSHAKES}", f"-c{HANDSHAKES}", "-m1"],
        }
        for turn in range(options.rounds):
            order = list(running.items())
            for name, (process, port) in order if turn % 2 == 0 else reversed(order):
                for kind, arguments in kinds.items():
                    figures = measure(process, port, arguments, options.seconds + 60)
                    results[kind].setdefault(name, []).append(figures)
                    shown = figures.get("void") or f"{figures['cpuMicroseconds']:.1f} µs"
                    context.say(f"{kind}, round {turn + 1}/{options.rounds}, {name}: {shown}")
    finally:
        for process, _ in running.values():
            process.stop()
        backend.stop()
    add_rows(context, results)
    return results


def add_rows(context, results):
    """The budget row and the table of both kinds."""
    def middle(kind, name):
        values = [run["cpuMicroseconds"] for run in results[kind].get(name, []) if "void" not in run]
        return statistics.median(values) if values else None

    names = ("Lintel", "nginx", "Envoy")
    to_envoy = ratio(results["requests"], "Lintel", "Envoy")
    context.budgets.append({
        "work": "GET over TLS and HTTP/2", "unit": "µs", **{name: middle("requests", name) for name in names},
        "HAProxy": None, "ratio": to_envoy, "budget": f"≤ {BUDGET:g} × Envoy",
        "held": None if to_envoy is None else to_envoy <= BUDGET})
    rows = []
    for name in names:
        request, handshake = middle("requests", name), middle("handshakes", name)
        if request is None or handshake is None:
            continue
        rows.append([name, f"{request:.1f}", f"{handshake:.0f}", f"{1e6 / handshake:,.0f}",
                     f"{ratio(results['requests'], name, 'nginx') or 0:.2f}",
                     f"{ratio(results['handshakes'], name, 'nginx') or 0:.2f}"])
    context.tables.append((
        "TLS and HTTP/2", ["proxy", "µs per request", "µs per connection and request", "handshakes per CPU second",
                           "request × nginx", "handshake × nginx"], rows))
