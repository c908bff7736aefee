"""Section `load`: how long `lintel check` takes, from the start of the process to its end, on large documents."""

import json
import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path

from peers import Unavailable

REAL_DOCUMENTS = [
    ("GitHub REST, 873 operations", "github-api.github.com.yaml"),
    ("Stripe", "stripe.yaml"),
    ("Kong Konnect", "kong-konnect-mesh-control-planes.yaml"),
]
BUDGET_SECONDS = 1.0
COPIES = 100
LINES = 1000
LIMIT_SECONDS = 120


def corpora(context):
    """The folder with other people's documents, or None."""
    places = (context.options.corpora, os.environ.get("LINTEL_CORPORA"), context.root.parent / "shared" / "corpora")
    for place in places:
        if place and (Path(place) / "realworld").is_dir():
            return Path(place) / "realworld"
    return None


def generated_document(lines):
    """An OpenAPI document of at least so many lines: one resource after the other, as a generator would write it."""
    paths, schemas, number = [], [], 0
    while len(paths) + len(schemas) + 8 < lines:
        number += 1
        paths += f"""\
  /things{number}/{{id}}:
    get:
      operationId: getThing{number}
      parameters:
        - name: id
          in: path
          required: true
          schema: {{ type: integer, minimum: 1 }}
        - name: verbose
          in: query
          schema: {{ type: boolean, default: false }}
      responses:
        '200':
          description: The thing.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Thing{number}'
    put:
      operationId: replaceThing{number}
      parameters:
        - name: id
          in: path
          required: true
          schema: {{ type: integer, minimum: 1 }}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              $ref: '#/components/schemas/Thing{number}'
      responses:
        '204':
          description: Done.""".splitlines()
        schemas += f"""\
    Thing{number}:
      type: object
      required: [name, amount]
      additionalProperties: false
      properties:
        name:
          type: string
          minLength: 1
          maxLength: 80
          pattern: '^[A-Za-z][A-Za-z0-9 -]*$'
        amount:
          type: number
          exclusiveMinimum: 0
          maximum: 100000
        labels:
          type: array
          maxItems: 10
          items:
            type: string
            enum: [red, green, blue]
        parent:
          $ref: '#/components/schemas/Thing{number}'""".splitlines()
    head = ["openapi: 3.1.0", "info:", "  title: Things", "  version: 1.0.0", "paths:"]
    return "\n".join(head + paths + ["components:", "  schemas:"] + schemas) + "\n"


def write_routes(folder, documents):
    """A routes folder that mounts each document at a prefix of its own."""
    routes, specs = folder / "routes", folder / "specs"
    routes.mkdir(parents=True)
    specs.mkdir()
    apis = {}
    for index, (source, text) in enumerate(documents):
        name = f"d{index}-{source.name}"
        if text is None:
            shutil.copy(source, specs / name)
            text = source.read_text(errors="replace")
        else:
            (specs / name).write_text(text)
        apis[f"api{index}"] = {"spec": f"../specs/{name}", "mount": f"/api{index}", "upstream": "backend"}
        if "securitySchemes" in text:
            apis[f"api{index}"]["security"] = "upstream"
    (routes / "routes.json").write_text(json.dumps({
        "version": 1, "upstreams": {"backend": {"targets": ["http://127.0.0.1:9"]}}, "apis": apis}))
    return routes


def run(context):
    """Times every document; returns seconds by title."""
    lintel = context.lintel()
    if lintel is None:
        raise Unavailable("there is no Lintel to load anything")
    cases = []
    real = corpora(context)
    if real is None:
        context.say("without the real documents: set LINTEL_CORPORA")
    else:
        cases += [(title, [(real / name, None)]) for title, name in REAL_DOCUMENTS if (real / name).exists()]
    text = generated_document(LINES)
    cases.append((f"{COPIES} documents of {len(text.splitlines()):,} lines",
                  [(Path(f"things-{index}.yaml"), text) for index in range(COPIES)]))
    results = {}
    for number, (title, documents) in enumerate(cases):
        routes = write_routes(Path(context.folder) / f"load-{number}", documents)
        command = [str(lintel.program), "check", "--routes", str(routes)]
        times = []
        for _ in range(context.options.rounds):
            started = time.perf_counter()
            output = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS)
            times.append(time.perf_counter() - started)
            if output.returncode != 0:
                break
        if output.returncode != 0:
            lines = (output.stdout + output.stderr).strip().splitlines()
            context.say(f"{title}: `lintel check` exits {output.returncode}: " + " / ".join(lines[:3]))
            results[title] = {"void": f"exit {output.returncode}", "output": lines[:20]}
            continue
        seconds = statistics.median(times)
        context.say(f"{title}: {seconds * 1000:.0f} ms")
        results[title] = {"seconds": seconds, "runs": times}
        context.budgets.append({
            "work": f"load and compile: {title}", "unit": "ms", "Lintel": seconds * 1000,
            "budget": f"< {BUDGET_SECONDS:g} s", "held": seconds < BUDGET_SECONDS})
    return results
