"""Section `compose`: what a composed page costs, against the proxied requests that it is made of and against a small
FastAPI and httpx service that composes the same page; and how close a forEach comes to the time that its calls take.
"""

import http.client
import json
import statistics
import subprocess
import time
import venv
from pathlib import Path

import proxying
from peers import find_program, nginx_frame
from processes import Process, cores, free_port
from servers import ThreadedServer

PACKAGES = ["fastapi==0.163.2", "uvicorn[standard]==0.54.0", "httpx==0.28.1"]
# Three calls each stay below the twenty connections that httpx keeps; with more, its pool would be what is measured.
FEW_CONNECTIONS = 4
PARTS_BUDGET = 1.5
FAN_OUT_BUDGET = 1.2
ELEMENTS, CONCURRENCY, DELAY_SECONDS = 100, 8, 0.005
SERVICE = '''
import asyncio, os, httpx
from fastapi import FastAPI

app = FastAPI()
upstream = os.environ["UPSTREAM"]
client = httpx.AsyncClient(base_url=upstream)

async def part(number):
    reply = await client.get(f"/parts/{number}")
    reply.raise_for_status()
    return reply.json()

@app.get("/page")
async def page():
    first, second, third = await asyncio.gather(part(1), part(2), part(3))
    return {"first": first, "second": second, "third": third}
'''


def part(number):
    """A part of about 1 KB."""
    value = {"id": number, "name": f"Part {number}", "tags": ["one", "two", "three"], "text": "", "price": 14.5,
             "lines": [{"place": place, "words": "what stands in this line"} for place in range(8)]}
    value["text"] = "x" * (1024 - len(json.dumps(value)))
    return json.dumps(value)


PART_SCHEMA = {
    "type": "object", "required": ["id", "name", "tags", "text", "price", "lines"], "properties": {
        "id": {"type": "integer"}, "name": {"type": "string"}, "text": {"type": "string"}, "price": {"type": "number"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "lines": {"type": "array", "items": {
            "type": "object", "required": ["place", "words"],
            "properties": {"place": {"type": "integer"}, "words": {"type": "string"}}}}}}
SMALL_SCHEMA = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}


def reply(schema):
    """Responses of an operation."""
    return {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}


DOCUMENT = {
    "openapi": "3.1.0", "info": {"title": "Parts", "version": "1.0.0"},
    "paths": {
        "/parts/{id}": {"get": {
            "operationId": "getPart", "responses": reply(PART_SCHEMA),
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]}}}}
SLOW_DOCUMENT = {
    "openapi": "3.1.0", "info": {"title": "Slow", "version": "1.0.0"},
    "paths": {
        "/slow": {"get": {"operationId": "getList", "responses": reply(
            {"type": "array", "maxItems": ELEMENTS, "items": SMALL_SCHEMA})}},
        "/slow/{n}": {"get": {
            "operationId": "getOne", "responses": reply(SMALL_SCHEMA),
            "parameters": [{"name": "n", "in": "path", "required": True, "schema": {"type": "integer"}}]}}}}
COMPOSITIONS = {
    "page": {
        "get": "/page",
        "steps": {name: {"call": "parts.getPart", "with": {"id": number}}
                  for number, name in enumerate(["first", "second", "third"], 1)},
        "respond": {name: f"$steps.{name}.body" for name in ["first", "second", "third"]}},
    "all": {
        "get": "/all",
        "steps": {
            "list": {"call": "slow.getList"},
            "ones": {"forEach": "$steps.list.body", "call": "slow.getOne", "with": {"n": "$item#/n"},
                     "concurrency": CONCURRENCY}},
        "respond": {"$each": "$steps.list.body", "$item": {"n": "$item#/n", "one": "$steps.ones.body#/n"}}}}


class PartBackend:
    """An nginx that answers the parts at once."""

    def __init__(self, folder, core):
        folder = Path(folder) / "parts"
        folder.mkdir(exist_ok=True)
        self.port = free_port()
        places = "".join(
            f"    location = /parts/{number} {{ default_type application/json; return 200 '{part(number)}'; }}\n"
            for number in (1, 2, 3))
        path = folder / "nginx.conf"
        path.write_text(nginx_frame(folder, 8192) + f"""
  server {{
    listen 127.0.0.1:{self.port} backlog=4096;
{places}  }}
}}
""")
        command = [find_program("nginx"), "-p", folder, "-c", path, "-e", "stderr"]
        self.process = Process(command, folder / "output.log", core).wait_for(self.port)


class SlowBackend(ThreadedServer):
    """Answers each element 5 ms after it was asked for, the list at once."""

    def serve(self, connection):
        while True:
            data = b""
            while b"\r\n\r\n" not in data:
                piece = connection.recv(65536)
                if not piece:
                    return
                data += piece
            target = data.split(b" ", 2)[1]
            if target == b"/slow":
                content = json.dumps([{"n": n} for n in range(ELEMENTS)]).encode()
            else:
                time.sleep(DELAY_SECONDS)
                content = b'{"n":%b}' % target.rsplit(b"/", 1)[1]
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                               b"%d\r\n\r\n%b" % (len(content), content))


def start_lintel(context, lintel, parts_port, slow_port):
    """The gateway over both backends. Returns (process, port)."""
    folder, port = context.folder / "compose", free_port()
    for each in (folder, folder / "routes", folder / "specs"):
        each.mkdir(exist_ok=True)
    (folder / "specs" / "parts.json").write_text(json.dumps(DOCUMENT))
    (folder / "specs" / "slow.json").write_text(json.dumps(SLOW_DOCUMENT))
    upstreams = {name: {"targets": [f"http://127.0.0.1:{target}"]}
                 for name, target in (("parts", parts_port), ("slow", slow_port))}
    (folder / "routes" / "gateway.json").write_text(json.dumps({
        "version": 1,
        "gateway": {
            "listeners": {"public": {"bind": f"127.0.0.1:{port}"}}, "admin": {"bind": f"127.0.0.1:{free_port()}"},
            "workers": 1, "telemetry": {"accessLog": "none"},
            "defaults": {"validation": {"requests": "enforce", "responses": "skip"}}},
        "upstreams": upstreams,
        "apis": {name: {"spec": f"../specs/{name}.json", "upstream": name} for name in upstreams},
        "compositions": COMPOSITIONS}))
    process = Process(lintel.serve(folder / "routes"), folder / "output.log", cores()[0]).wait_for(port)
    return process, port


def start_service(context, parts_port):
    """The FastAPI service with one worker. Returns (process, port), or None where it cannot be had."""
    folder = context.root / ".build" / "bench" / "composers"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    if subprocess.run([python, "-c", "import fastapi, httpx, uvicorn"], capture_output=True).returncode != 0:
        context.say("installing " + ", ".join(PACKAGES))
        installed = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *PACKAGES], capture_output=True, text=True)
        if installed.returncode != 0:
            context.say("without FastAPI and httpx: " + installed.stderr.strip()[-200:])
            return None
    place, port = context.folder / "service", free_port()
    place.mkdir(exist_ok=True)
    (place / "service.py").write_text(SERVICE)
    command = ["env", f"UPSTREAM=http://127.0.0.1:{parts_port}", python, "-m", "uvicorn", "service:app", "--port",
               str(port), "--log-level", "warning", "--no-access-log"]
    return Process(command, place / "output.log", cores()[0]).wait_for(port), port


def workload(path):
    """A request that the generator sends."""
    return proxying.Workload("compose", path, "GET", path, None, {}, "", 200, 0, None)


def same_page(one, other):
    """Whether two gateways answer the same page."""
    pages = [proxying.one_request(port, workload("/page")) for port in (one, other)]
    return all(status == 200 for status, _ in pages) and json.loads(pages[0][1]) == json.loads(pages[1][1])


def measure_parts(context, lintel, service):
    """CPU of a page, of the requests that it is made of, and of the service's page. Returns {name: [run, …]}."""
    many, few = (proxying.Generator(context.folder, cores()[1], count)
                 for count in (proxying.CONNECTIONS, FEW_CONNECTIONS))
    runs, targets = {}, {"page": (*lintel, "/page", many), "part": (*lintel, "/parts/1", many)}
    if service:
        targets |= {"few": (*lintel, "/page", few), "service": (*service, "/page", few)}
    for process, port, path, generator in targets.values():
        generator.run(port, workload(path), 1)
    for turn in range(context.options.rounds):
        order = list(targets.items())
        for name, (process, port, path, generator) in order if turn % 2 == 0 else reversed(order):
            run = proxying.measure(process, port, workload(path), generator, context.options.seconds)
            runs.setdefault(name, []).append(run)
            shown = run.get("void") or f"{run['cpuMicroseconds']:.1f} µs, {run['requestsPerSecond']:.0f}/s"
            context.say(f"compose, round {turn + 1}/{context.options.rounds}, {name}: {shown}")
    return runs


def measure_fan_out(port, count):
    """Times of a page over all elements, in milliseconds, one after the other on one connection."""
    connection, times = http.client.HTTPConnection("127.0.0.1", port, timeout=10), []
    for number in range(count + 3):
        started = time.perf_counter()
        connection.request("GET", "/all")
        answer = connection.getresponse()
        page = json.loads(answer.read())
        if answer.status != 200 or len(page) != ELEMENTS or any(item["one"] != item["n"] for item in page):
            raise RuntimeError(f"the page over all elements is {answer.status}: {page}")
        # The first ones open connections.
        if number >= 3:
            times.append((time.perf_counter() - started) * 1000)
    connection.close()
    return times


def run(context):
    """Measures the section; returns its results and adds rows to the table of budgets."""
    peer = context.lintel()
    if peer is None:
        return None
    parts, slow = PartBackend(context.folder, cores()[1]), SlowBackend()
    lintel = service = None
    try:
        lintel = start_lintel(context, peer, parts.process and parts.port, slow.port)
        service = start_service(context, parts.port)
        if service and not same_page(lintel[1], service[1]):
            raise RuntimeError("the pages differ")
        runs = measure_parts(context, lintel, service)
        times = measure_fan_out(lintel[1], 10 if context.options.quick else 40)
    finally:
        for started in (lintel, service):
            if started:
                started[0].stop()
        parts.process.stop()
        slow.stop()
    page, one = (proxying.median(runs, name, "cpuMicroseconds") for name in ("page", "part"))
    ratio = proxying.ratio(runs, "page", "part")
    context.budgets.append({
        "work": "a page of three 1 KB parts", "unit": "µs", "Lintel": page,
        "ratio": None if ratio is None else ratio / 3, "budget": f"≤ {PARTS_BUDGET:g} × three proxied requests",
        "held": None if ratio is None else ratio / 3 <= PARTS_BUDGET})
    ideal = -(-ELEMENTS // CONCURRENCY) * DELAY_SECONDS * 1000
    middle = statistics.median(times)
    context.budgets.append({
        "work": f"forEach over {ELEMENTS}, {CONCURRENCY} at a time, 5 ms each", "unit": "ms", "Lintel": middle,
        "ratio": middle / ideal, "budget": f"≤ {FAN_OUT_BUDGET:g} × {ideal:.0f} ms",
        "held": middle / ideal <= FAN_OUT_BUDGET})
    columns = ["who composes", "CPU µs a page", "pages/s", "p50 ms", "p99 ms", "CPU against Lintel"]
    rows = []
    for name, words in (("page", "Lintel, 64 connections"), ("few", "Lintel, 4 connections"),
                        ("service", "FastAPI and httpx (uvicorn, uvloop), 4 connections"),
                        ("part", "(one proxied part of 1 KB, 64 connections)")):
        if proxying.median(runs, name, "cpuMicroseconds") is None:
            continue
        against = proxying.ratio(runs, name, "few") if name == "service" else None
        rows.append([
            words, f"{proxying.median(runs, name, 'cpuMicroseconds'):,.1f}",
            f"{proxying.median(runs, name, 'requestsPerSecond'):,.0f}",
            f"{proxying.median(runs, name, 'p50') / 1000:.2f}", f"{proxying.median(runs, name, 'p99') / 1000:.2f}",
            "–" if against is None else f"{against:.1f}"])
    context.tables.append(("Composed pages", columns, rows))
    return {"runs": runs, "fanOutMilliseconds": times}
