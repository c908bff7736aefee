"""Section `engine`: from JSON bytes to a verdict, against `orjson.loads` + jsonschema-rs; evaluation alone, against Blaze.

The engines take turns in every round; a figure is the median of the rounds, a ratio the median of the rounds' ratios.
The peers come from PyPI into a folder of the build: jsonschema-rs, orjson, and sourcemeta-jsonschema, the command line
of Blaze, which parses outside of what it measures. Blaze does not assert `format`; the others do.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import venv
from pathlib import Path

from peers import Unavailable
from processes import cores

PACKAGES = ["jsonschema-rs==0.60.3", "orjson==3.13.0", "sourcemeta-jsonschema==17.3.0"]
LIMIT_SECONDS = 600
BLAZE_LIMIT_SECONDS = 30
SAMPLE_SECONDS = 0.4

#: Work, dialect, schema, instance: names of files in the corpora, or beside this file.
CASES = [
    ("product, 868 bytes", "2020-12", "engine/product.schema.json", "engine/product.json"),
    ("small object, valid", "draft7", "fast_schema.json", "fast_valid.json"),
    ("small object, invalid", "draft7", "fast_schema.json", "fast_invalid.json"),
    ("recursive schema", "draft7", "recursive_schema.json", "recursive_instance.json"),
    ("FHIR patient", "draft6", "fhir.schema.json", "patient-example-d.json"),
    ("citm catalog", "draft7", "citm_catalog_schema.json", "citm_catalog.json"),
    ("canada, GeoJSON", "draft7", "geojson.json", "canada.json"),
    ("Kubernetes' Swagger document", "draft4", "swagger.json", "../realworld/kubernetes-v1.10.0-swagger2.json"),
    ("GitHub's OpenAPI document", "draft4", "openapi.json", "github.json"),
]

#: Program of a sample of jsonschema-rs, in the Python of the venv.
PEER = """
import json, sys, time
import jsonschema_rs, orjson
schema, path, seconds = orjson.loads(open(sys.argv[1], "rb").read()), sys.argv[2], float(sys.argv[3])
text = open(path, "rb").read()
validator = jsonschema_rs.validator_for(schema, validate_formats=True)
def total():
    return validator.is_valid(orjson.loads(text))
valid = total()
started = time.perf_counter(); total(); once = time.perf_counter() - started
count = max(1, int(seconds / 20 / once))
best = None
for _ in range(20):
    started = time.perf_counter()
    for _ in range(count):
        total()
    spent = (time.perf_counter() - started) / count * 1e9
    best = spent if best is None else min(best, spent)
print(json.dumps({"valid": valid, "total": best}))
"""


def pinned(command):
    """The command, on one core where there are several."""
    return command if cores()[0] is None else ["taskset", "-c", str(cores()[0]), *command]


def prepare(context):
    """The Python of a venv that holds the peers, or None where they cannot be had."""
    folder = context.root / ".build" / "bench" / "engines"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    probe = subprocess.run([python, "-c", "import jsonschema_rs, orjson"], capture_output=True)
    if probe.returncode != 0 or not (folder / "bin" / "jsonschema").exists():
        context.say("installing " + ", ".join(PACKAGES))
        installed = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *PACKAGES], capture_output=True, text=True)
        if installed.returncode != 0:
            context.say("without jsonschema-rs and Blaze: " + installed.stderr.strip()[-200:])
            return None
    return python


def corpora(context):
    """The folder of the measured texts, or None."""
    places = (context.options.corpora, os.environ.get("LINTEL_CORPORA"), context.root.parent / "shared" / "corpora")
    return next((Path(place) / "json-perf" for place in places if place and (Path(place) / "json-perf").is_dir()), None)


def located(context):
    """The cases with paths; those whose files are absent are left out."""
    folder, found = corpora(context), []
    if folder is None:
        context.say("only the product is measured: set LINTEL_CORPORA for the other texts")
    for work, dialect, schema, instance in CASES:
        if schema.startswith("engine/"):
            here = Path(__file__).parent
            found.append((work, dialect, here / schema, here / instance))
        elif folder is not None:
            path = as_json(context, folder) if instance == "github.json" else folder / instance
            if path and path.exists():
                found.append((work, dialect, folder / schema, path))
    return found


def as_json(context, folder):
    """GitHub's document as JSON, made by `lintel bundle`."""
    source, target = folder / "../realworld/github-api.github.com.yaml", Path(context.folder) / "github.json"
    if source.exists() and not target.exists():
        subprocess.run(
            [str(context.options.lintel), "bundle", str(source), "-o", str(target)], capture_output=True, check=True)
    return target if target.exists() else None


def sample_lintel(program, case):
    """One sample of Lintel: bytes, verdict, and nanoseconds to parse, to evaluate, and for both."""
    _, dialect, schema, instance = case
    output = subprocess.run(
        pinned([str(program), dialect, str(schema), str(instance), str(SAMPLE_SECONDS)]),
        capture_output=True, text=True, timeout=LIMIT_SECONDS)
    if output.returncode != 0:
        raise Unavailable(output.stderr.strip()[-200:])
    return json.loads(output.stdout)


def sample_peer(python, case):
    """One sample of orjson and jsonschema-rs."""
    output = subprocess.run(
        pinned([str(python), "-c", PEER, str(case[2]), str(case[3]), str(SAMPLE_SECONDS)]),
        capture_output=True, text=True, timeout=LIMIT_SECONDS)
    return json.loads(output.stdout) if output.returncode == 0 else None


def sample_blaze(python, case, expected):
    """Nanoseconds of one evaluation by Blaze, None where it cannot run the schema, or not in reasonable time."""
    count = max(10, min(200_000, int(SAMPLE_SECONDS * 1e9 / max(expected, 50))))
    # Its command starts a process of its own: only the group of both ends with the time.
    process = subprocess.Popen(
        pinned([str(python.parent / "jsonschema"), "validate", str(case[2]), str(case[3]), "--benchmark", "--fast",
                "--loop", str(count)]),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    try:
        words = process.communicate(timeout=BLAZE_LIMIT_SECONDS)[0].split()
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None
    # `…: PASS 216.326 +- 6.053 us (0.019)`
    for index, word in enumerate(words):
        if word == "+-" and index > 0:
            unit = {"us": 1e3, "ms": 1e6, "ns": 1.0, "s": 1e9}.get(words[index + 2])
            return float(words[index - 1]) * unit if unit else None
    return None


def run(context):
    """Measures every case; adds to the table of budgets, and one table of all engines."""
    program = context.options.lintel.parent / "EngineBenchmark"
    if not program.exists():
        raise Unavailable(f"{program} does not exist: `make bench` builds it")
    python = prepare(context)
    results, rows = {}, []
    for case in located(context):
        ours, theirs, blaze = [], [], []
        for _ in range(context.options.rounds):
            ours.append(sample_lintel(program, case))
            if python:
                theirs.append(sample_peer(python, case))
                # One that ran out of its time would do so again.
                if not blaze or blaze[-1] is not None:
                    blaze.append(sample_blaze(python, case, ours[-1]["evaluate"]))
        results[case[0]] = {"lintel": ours, "jsonschema-rs": theirs, "blaze": blaze}
        rows.append(row(context, case[0], ours, theirs, blaze))
    context.tables.append((
        "From bytes to a verdict",
        ["text", "bytes", "Lintel µs", "MB/s", "orjson + jsonschema-rs µs", "ratio", "evaluation: Lintel µs", "Blaze µs",
         "ratio"], rows))
    return results


def row(context, work, ours, theirs, blaze):
    """One line of the table, and the budget that it holds or misses."""
    size = ours[0]["bytes"]
    total = statistics.median(sample["total"] for sample in ours)
    evaluate = statistics.median(sample["evaluate"] for sample in ours)
    speed = size / total * 1e3
    peer, ratio = compared([sample["total"] for sample in ours], [sample and sample["total"] for sample in theirs])
    other, evaluation = compared([sample["evaluate"] for sample in ours], blaze)
    agree = all(sample is None or sample["valid"] == ours[0]["valid"] for sample in theirs)
    if not agree:
        context.say(f"{work}: jsonschema-rs comes to another verdict")
    context.say(f"{work}: {total / 1e3:,.2f} µs, {speed:,.0f} MB/s" + (f", {ratio:.2f} × jsonschema-rs" if ratio else ""))
    if ratio is not None:
        context.budgets.append({
            "work": f"bytes to verdict: {work}", "unit": "µs", "Lintel": total / 1e3, "ratio": ratio,
            "budget": "< 1 × orjson + jsonschema-rs", "held": ratio < 1 and agree})
    if work.startswith("product"):
        context.budgets.append({
            "work": "bytes to verdict: product, speed", "unit": "MB/s", "Lintel": speed, "budget": "≥ 500 MB/s",
            "held": speed >= 500})
    def number(value):
        return "–" if value is None else f"{value / 1e3:,.2f}"
    def share(value):
        return "–" if value is None else f"{value:.2f}"
    return [work, f"{size:,}", number(total), f"{speed:,.0f}", number(peer), share(ratio), number(evaluate),
            number(other), share(evaluation)]


def compared(ours, theirs):
    """The median of a peer and the median ratio to it; Nones where it was not measured."""
    pairs = [(mine, other) for mine, other in zip(ours, theirs) if other]
    if not pairs:
        return None, None
    return statistics.median(other for _, other in pairs), statistics.median(mine / other for mine, other in pairs)
