"""Section `cache`: what a hit costs beside nginx and Varnish, how often the store misses beside LRU, SIEVE and the optimum,
and what it takes of the process' memory."""

import json
import subprocess
from pathlib import Path

import filling
from peers import KEPT_CONNECTIONS, Lintel, Peer, Unavailable, find_program, nginx_frame
from processes import cores
from proxying import Backend, Generator, Workload, median, ratio, run_workload

LIMIT_SECONDS = 900
HIT = Workload("hit", "GET, answered from the store", "GET", "/products/1", None,
               {"requests": "enforce", "responses": "report"}, "small", 200, 1.0, None)


class CachingNginx(Peer):
    """nginx with `proxy_cache` in a folder that the system's page cache holds."""

    name = "nginx"

    def prepare(self):
        self.program = find_program("nginx")

    def command(self, folder, port, upstream_port, connections, contract):
        path = folder / "nginx.conf"
        path.write_text(nginx_frame(folder, connections * 2) + f"""
  proxy_cache_path {folder}/store keys_zone=store:10m max_size=64m inactive=600s;
  upstream backend {{ server 127.0.0.1:{upstream_port}; keepalive {KEPT_CONNECTIONS}; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_cache store; proxy_cache_valid 200 600s; proxy_cache_lock on; add_header X-Cache $upstream_cache_status;
    }}
  }}
}}
""")
        return [self.program, "-p", folder, "-c", path, "-e", "stderr"]


class Varnish(Peer):
    """Varnish with its store in memory."""

    name = "Varnish"

    def prepare(self):
        self.program = find_program("varnishd")

    def command(self, folder, port, upstream_port, connections, contract):
        return [self.program, "-F", "-j", "none", "-a", f"127.0.0.1:{port}", "-b", f"127.0.0.1:{upstream_port}", "-T", "none",
                "-n", folder / "work", "-s", "malloc,64m", "-p", "default_ttl=600"]


class CachingLintel(Lintel):
    """Lintel whose operation stores its replies."""

    def command(self, folder, port, upstream_port, connections, contract):
        document, validation, defaults = contract
        return super().command(
            folder, port, upstream_port, connections, (document, validation, {**defaults, "cache": {"ttl": "600s"}}))


def hits(context):
    """What a hit costs."""
    peers = []
    for peer in (CachingNginx(), Varnish(), CachingLintel(context.options.lintel)):
        try:
            peer.prepare()
            peers.append(peer)
        except Unavailable as reason:
            context.say(f"{peer.name} is left out: {reason}")
    backend = Backend(context.folder, cores()[1])
    try:
        runs = run_workload(HIT, peers, context.root / "specs" / "products.yaml", backend,
                            Generator(context.folder, cores()[1]), context)
    finally:
        backend.stop()
    row = {name: median(runs, name, "cpuMicroseconds") for name in ("Lintel", "nginx", "Varnish")}
    to_nginx = ratio(runs, "Lintel", "nginx")
    context.budgets.append({
        "work": HIT.title, "unit": "µs", **row, "ratio": to_nginx, "budget": f"≤ {HIT.budget:g} × nginx proxy_cache",
        "held": None if to_nginx is None else to_nginx <= HIT.budget})
    context.tables.append((
        "Hits", ["proxy", "CPU µs", "requests/s", "p99 ms"],
        [[name, f"{row[name]:.1f}", f"{median(runs, name, 'requestsPerSecond'):,.0f}",
          f"{median(runs, name, 'p99') / 1000:.2f}"] for name in row if row[name] is not None]))
    return runs


def misses(context):
    """Shares of misses on traces."""
    program = Path(context.options.lintel).parent / "CacheBenchmark"
    if not program.exists():
        raise Unavailable(f"{program} does not exist: `make bench` builds it")
    output = subprocess.run([str(program)] + (["--requests", "200000"] if context.options.quick else []),
                            capture_output=True, text=True, timeout=LIMIT_SECONDS)
    if output.returncode != 0:
        raise Unavailable(f"CacheBenchmark exits {output.returncode}: {output.stderr.strip()[-200:]}")
    figures = json.loads(output.stdout)
    names = ["Lintel", "LRU", "SIEVE", "optimum"]
    context.tables.append((
        f"Misses with room for {figures['capacity']:,} keys", ["trace", *names],
        [[trace["trace"], *(f"{trace[name] * 100:.1f} %" for name in names)] for trace in figures["traces"]]))
    return figures


def run(context):
    """All three."""
    return {"misses": misses(context), "memory": filling.run(context), "hits": hits(context)}
