#!/usr/bin/env python3
"""`make schemathesis`: Schemathesis against the example shop, through the gateway, with all of its checks.

    python3 Tests/Schemathesis/shop.py                      five seeds; starts `lintel demo` and ends it
    python3 Tests/Schemathesis/shop.py --seeds 1            one seed
    python3 Tests/Schemathesis/shop.py --url http://HOST    against a gateway that runs already

Prints a line for each seed and document. Exit 0: nothing found; 1: Schemathesis found a failure, which is printed; 2: the
work could not be done. The package is installed into an environment below .build; the rest is Python's standard library.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "schemathesis==4.32.5"
DOCUMENTS = ["users", "products", "orders"]
START_SECONDS = 20
RUN_SECONDS = 600


class Unavailable(Exception):
    """Something that the work needs is not there; the message says what."""


def tool(environment):
    """The program, installed first where it is missing. Raises Unavailable."""
    program = environment / "bin" / "schemathesis"
    if program.exists():
        return program
    print(f"installing {PACKAGE} into {environment}", file=sys.stderr)
    try:
        venv.create(environment, with_pip=True, clear=True)
        subprocess.run(
            [environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE],
            check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        # Half an environment would be taken for a whole one the next time.
        shutil.rmtree(environment, ignore_errors=True)
        detail = (getattr(error, "stderr", None) or str(error).encode()).decode(errors="replace").strip()
        raise Unavailable(f"{PACKAGE} cannot be installed: {detail[-300:]}") from error
    return program


def free_port():
    """A loopback port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts_connections(port):
    """Whether somebody listens on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Demo:
    """`lintel demo` over the published example, with listeners on free ports; a context that gives its URL."""

    def __init__(self, executable, folder):
        self.executable = executable
        self.folder = Path(folder)

    def __enter__(self):
        shutil.copytree(ROOT / "routes", self.folder / "routes")
        shutil.copytree(ROOT / "specs", self.folder / "specs")
        port, gateway = free_port(), self.folder / "routes" / "gateway.yaml"
        text = gateway.read_text()
        gateway.write_text(
            text.replace("127.0.0.1:8080", f"127.0.0.1:{port}").replace("127.0.0.1:9090", f"127.0.0.1:{free_port()}"))
        log = self.folder / "demo.log"
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                [self.executable, "demo", "--routes", self.folder / "routes"], stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if accepts_connections(port):
                return f"http://127.0.0.1:{port}"
            time.sleep(0.05)
        self.__exit__()
        raise Unavailable(f"the demo does not start: {log.read_text(errors='replace').strip()[-500:]}")

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()


def run(program, url, name, seed, folder, most):
    """One document with one seed, `most` generated requests an operation. Returns (exit code, report, output)."""
    report = Path(folder) / f"{name}-{seed}.json"
    # One worker: several would share the shop, and one's order would be another's conflict.
    command = [
        program, "run", ROOT / "specs" / f"{name}.yaml", "--url", url, "--checks", "all", "--seed", str(seed),
        "--workers", "1", "--continue-on-failure", "--no-color", "--report", "json", "--report-json-path", report,
        *(["--max-examples", str(most)] if most else [])]
    # What an earlier run has stored would be tried again: a run is what its seed says, no more.
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=RUN_SECONDS,
        env=os.environ | {"HYPOTHESIS_STORAGE_DIRECTORY": str(Path(folder) / "hypothesis")})
    return done.returncode, json.loads(report.read_text()) if report.exists() else {}, done.stdout + done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--url", help="a gateway in front of the shop that runs already")
    parser.add_argument("--lintel", default=ROOT / ".build" / "release" / "lintel", help="the executable")
    parser.add_argument("--environment", type=Path, default=ROOT / ".build" / "schemathesis")
    parser.add_argument("--max-examples", type=int, help="generated requests for each operation, to be quick")
    parser.add_argument("--install-only", action="store_true", help="install the package and do nothing else")
    options = parser.parse_args()
    try:
        program = tool(options.environment)
        if options.install_only:
            return 0
        with tempfile.TemporaryDirectory() as folder:
            if options.url:
                return check(program, options.url, folder, options)
            with Demo(options.lintel, folder) as url:
                return check(program, url, folder, options)
    except (Unavailable, OSError, subprocess.SubprocessError) as error:
        print(f"schemathesis: {error}", file=sys.stderr)
        return 2


def check(program, url, folder, options):
    """Runs every seed on every document; prints the table, and what failed. Returns the exit code."""
    failed = []
    print(f"{'seed':>4}  {'document':<10}{'verdict':<10}{'seconds':>7}{'operations':>12}{'requests':>10}{'failed':>8}")
    for seed in options.seeds:
        for name in DOCUMENTS:
            started = time.monotonic()
            code, report, output = run(program, url, name, seed, folder, options.max_examples)
            seconds = time.monotonic() - started
            # A run that was cut short, or that left an operation out, has not shown anything.
            operations, cases = report.get("operations", {}), report.get("test_cases", {})
            if code == 0 and not (report.get("complete") and operations.get("tested") == operations.get("total")):
                code = 2
            verdict = {0: "passed", 1: "FAILED"}.get(code, f"exit {code}")
            print(
                f"{seed:>4}  {name:<10}{verdict:<10}{seconds:>7.1f}{operations.get('tested', 0):>12}"
                f"{cases.get('generated', 0):>10,}{cases.get('with_failures', 0):>8}", flush=True)
            if code != 0:
                failed.append((code, f"seed {seed}, {name}:\n{output}"))
    for _, output in failed:
        print(f"\n{output}")
    return 0 if not failed else 1 if all(code == 1 for code, _ in failed) else 2


if __name__ == "__main__":
    sys.exit(main())
