"""Section `docs`: the documentation of a large document in a browser, beside Swagger UI and Redoc on the same gateway.

All three show GitHub's document (873 operations). A viewer is done when the last operation stands in the page, at its end;
the time counts from the navigation's start, in the page's own clock. Heap and elements are read then. The files of Swagger UI and
Redoc come from `make docs-assets`; axe, which looks for broken rules of WCAG 2 A and AA, from PyPI.
"""

import gzip
import http.client
import shutil
import statistics
import subprocess
import sys
import time
import urllib.error
import zipfile
from pathlib import Path

from loading import corpora
from peers import Unavailable
from processes import Process, free_port

OPERATIONS = 873
ROUNDS = 3
LIMIT_SECONDS = 240
SLOW_MILLISECONDS = 30_000
AXE_PACKAGE = "axe-core-python==0.1.0"
#: Each viewer: its address, and the expression that counts the operations that stand in the page.
VIEWERS = [
    ("Lintel, overview", "/docs/github/", "document.querySelectorAll('main .list a').length"),
    ("Lintel, an operation", "/docs/github/operations/repos%2Fget",
     "document.querySelector('form.try') ? 1e6 : 0"),
    # Only what is in view stands in the page: the last operation does when one has scrolled to the end.
    ("Swagger UI", "/docs/swagger", "(scrollTo(0, document.documentElement.scrollHeight),"
     " [...document.querySelectorAll('.opblock-summary-path')].at(-1)?.dataset.path === '/users/{username}/keys') * 1e6"),
    ("Redoc", "/docs/redoc", "document.querySelectorAll('[data-section-id^=\"operation/\"]').length"),
]
#: The pages of the example that axe looks at.
PAGES = ["/docs/", "/docs/orders/", "/docs/orders/operations/createOrder", "/docs/orders/schemas/Order",
         "/docs/insights/", "/docs/orders/insights/createOrder"]


def start(context, folder, routes):
    """A gateway over a folder of settings; returns the process and its port."""
    port = free_port()
    text = (routes / "gateway.yaml").read_text()
    for fixed, free in (("127.0.0.1:8080", port), ("127.0.0.1:9090", free_port())):
        text = text.replace(fixed, f"127.0.0.1:{free}")
    (routes / "gateway.yaml").write_text(text)
    command = [context.options.lintel, "serve", "--routes", str(routes)]
    return Process(command, folder / "gateway.log").wait_for(port, 60), port


def github(context, folder, document):
    """Settings with GitHub's document alone."""
    routes = folder / "routes"
    routes.mkdir(parents=True)
    (routes / "gateway.yaml").write_text(f"""version: 1
gateway:
  listeners: {{ public: {{ bind: "127.0.0.1:8080" }} }}
  admin: {{ bind: "127.0.0.1:9090" }}
  docs: {{ assets: "{context.root / 'docs-assets'}" }}
  telemetry: {{ accessLog: none }}
upstreams: {{ github: {{ targets: ["http://127.0.0.1:9"] }} }}
apis: {{ github: {{ spec: "{document}", upstream: github, security: upstream }} }}
""")
    return routes


def example(context, folder):
    """The example's settings."""
    shutil.copytree(context.root / "routes", folder / "routes")
    shutil.copytree(context.root / "specs", folder / "specs")
    return folder / "routes"


def show(browser, base, path, count):
    """Opens a page and waits for its last operation; milliseconds, heap, elements and the time of DOMContentLoaded."""
    browser.patience = LIMIT_SECONDS + 60
    browser.call("POST", "/timeouts", {"script": LIMIT_SECONDS * 1000, "pageLoad": LIMIT_SECONDS * 1000})
    browser.open(base + path)
    try:
        done = browser.call("POST", "/execute/async", {"args": [OPERATIONS, LIMIT_SECONDS * 1000], "script": f"""
            const [wanted, limit, tell] = arguments;
            const look = () => {{
              if (({count}) >= wanted) return tell(performance.now());
              if (performance.now() > limit) return tell(null);
              setTimeout(look, 10);
            }};
            look();"""})
    except urllib.error.HTTPError:
        done = None     # The browser gave up: the page never came to rest within the limit.
    # What Lintel shows is there when the page is: its own event tells the time, not our first look.
    facts = browser.run("""
        const n = performance.getEntriesByType("navigation")[0];
        return {ready: n.domContentLoadedEventEnd, heap: performance.memory.usedJSHeapSize,
                nodes: document.querySelectorAll("*").length}""")
    if path.startswith("/docs/github/"):
        done = facts["ready"]
    return {"milliseconds": done, "ready": facts["ready"], "heap": facts["heap"], "nodes": facts["nodes"]}


def transferred(port):
    """Bytes in the gzip coding of what a reader loads first, and of one operation."""
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def size(path):
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        reply = connection.getresponse()
        content = reply.read()
        plain = gzip.decompress(content) if reply.headers["Content-Encoding"] == "gzip" else content
        return len(content), plain

    overview, text = size("/docs/github/")
    script = next(part for part in text.decode().split('"') if part.endswith(".js"))
    return {"overview": overview, "operation": size("/docs/github/operations/repos%2Fget")[0], "script": size(script)[0]}


def server_times(port, rounds=2000):
    """Milliseconds of requests for overview and operation pages, in turn, over one connection: (median, p99)."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    times = []
    for number in range(rounds):
        path = "/docs/github/" if number % 2 else "/docs/github/operations/repos%2Fget"
        started = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        connection.getresponse().read()
        times.append((time.perf_counter() - started) * 1000)
    times = sorted(times[10:])
    return statistics.median(times), times[int(len(times) * 0.99)]


def axe(context):
    """The script of axe, or None."""
    folder = context.root / ".build" / "bench" / "axe"
    script = folder / "axe.min.js"
    if not script.exists():
        context.say(f"installing {AXE_PACKAGE}")
        folder.mkdir(parents=True, exist_ok=True)
        taken = subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(folder),
                                AXE_PACKAGE], capture_output=True, text=True)
        wheels = list(folder.glob("*.whl"))
        if taken.returncode or not wheels:
            context.say("without axe: " + taken.stderr.strip()[-200:])
            return None
        with zipfile.ZipFile(wheels[0]) as wheel:
            name = next(name for name in wheel.namelist() if name.endswith("axe.min.js"))
            script.write_bytes(wheel.read(name))
    return script.read_text()


def accessibility(browser_type, context, script):
    """Broken rules by page and theme."""
    folder = Path(context.folder) / "docs-example"
    process, port = start(context, folder, example(context, folder))
    broken = {}
    try:
        for dark in (False, True):
            browser = browser_type(19545 + dark, 1280, 900, dark)
            try:
                for path in PAGES:
                    browser.open(f"http://127.0.0.1:{port}{path}")
                    browser.run(script)
                    found = browser.call("POST", "/execute/async", {"args": [], "script": (
                        "const done = arguments[0]; axe.run({runOnly: ['wcag2a', 'wcag2aa']}).then((r) =>"
                        " done(r.violations.map((v) => v.id + ': ' + v.nodes[0].html.slice(0, 160))))")})
                    for rule in found:
                        broken.setdefault(f"{path} {'dark' if dark else 'light'}", []).append(rule)
            finally:
                browser.end()
    finally:
        process.stop()
    return broken


def run(context):
    """Measures every viewer; returns the section's results and rows of the tables."""
    document = corpora(context)
    if document is None:
        raise Unavailable("the corpora with GitHub's document are not here")
    if not Path("/usr/bin/chromedriver").exists():
        raise Unavailable("Debian's chromium and chromium-driver are not installed")
    sys.path.insert(0, str(context.root / "Tests" / "EndToEnd"))
    from browser import Browser
    folder = Path(context.folder) / "docs"
    process, port = start(context, folder, github(context, folder, document / "github-api.github.com.yaml"))
    base, results, rows = f"http://127.0.0.1:{port}", {}, []
    has_viewers = (context.root / "docs-assets").is_dir()
    try:
        sizes, (median, p99) = transferred(port), server_times(port)
        for name, path, count in VIEWERS:
            if not has_viewers and not name.startswith("Lintel"):
                context.say(f"without {name}: `make docs-assets` has not been run")
                continue
            seen = []
            for number in range(ROUNDS):
                browser = Browser(19535, 1280, 900, False)
                try:
                    seen.append(show(browser, base, path, count))
                finally:
                    browser.end()
                context.say(f"{name}, round {number + 1}/{ROUNDS}: {seen[-1]}")
                if seen[-1]["milliseconds"] is None or seen[-1]["milliseconds"] > SLOW_MILLISECONDS:
                    break   # Nobody needs a median of minutes.
            results[name] = seen
            times = [one["milliseconds"] for one in seen]
            rows.append([
                name, f"not within {LIMIT_SECONDS} s" if None in times else f"{statistics.median(times):,.0f}",
                f"{statistics.median(one['ready'] for one in seen):,.0f}",
                f"{statistics.median(one['heap'] for one in seen) / 2**20:,.1f}",
                f"{statistics.median(one['nodes'] for one in seen):,.0f}"])
    finally:
        process.stop()
    script = axe(context)
    broken = accessibility(Browser, context, script) if script else None
    ready = statistics.median(one["ready"] for one in results["Lintel, overview"])
    nodes = max(one["nodes"] for one in results["Lintel, overview"])
    budgets = [
        ("docs: DOMContentLoaded of GitHub's overview", ready, "ms", "< 300 ms", ready < 300),
        ("docs: elements of GitHub's overview", nodes, "", "< 5,000", nodes < 5000),
        ("docs: overview, gzip", sizes["overview"] / 1024, "KiB", "≤ 150 KiB", sizes["overview"] <= 150 * 1024),
        ("docs: operation page, gzip", sizes["operation"] / 1024, "KiB", "≤ 30 KiB", sizes["operation"] <= 30 * 1024),
        ("docs: script, gzip", sizes["script"] / 1024, "KiB", "≤ 25 KiB", sizes["script"] <= 25 * 1024),
        ("docs: a page, p99", p99, "ms", "< 5 ms", p99 < 5),
    ]
    if broken is not None:
        for page, rules in broken.items():
            context.say(f"axe: {page}: {rules}")
        budgets.append(("docs: broken rules of WCAG 2 A and AA", len(broken), "", "0", not broken))
    results["sizes"], results["server"], results["axe"] = sizes, {"median": median, "p99": p99}, broken
    context.budgets += [
        {"work": work, "Lintel": value, "unit": unit, "budget": budget, "held": held}
        for work, value, unit, budget, held in budgets]
    columns = ["viewer", "last operation, ms", "DOMContentLoaded, ms", "heap, MiB", "elements"]
    context.tables.append(("GitHub's document in chromium", columns, rows))
    return results
