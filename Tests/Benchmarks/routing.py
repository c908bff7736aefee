"""Section `router`: the Swift program RouterBenchmark, which times matches in tables of 10 and of 10,000 operations."""

import json
import subprocess

from peers import Unavailable
from processes import cores

LIMIT_SECONDS = 600
COUNTS = [10, 100, 1_000, 10_000]


def run(context):
    """Runs the program and takes over its figures and its verdict."""
    program = context.options.lintel.parent / "RouterBenchmark"
    if not program.exists():
        raise Unavailable(f"{program} does not exist: `make bench` builds it")
    command = [str(program), "--json", "--counts", ",".join(map(str, COUNTS))]
    command += ["--rounds", "5"] if context.options.quick else []
    if cores()[0] is not None:
        command = ["taskset", "-c", str(cores()[0]), *command]
    output = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS)
    if output.returncode != 0:
        raise Unavailable(f"RouterBenchmark exits {output.returncode}: {output.stderr.strip()[-200:]}")
    figures = json.loads(output.stdout)
    tables = figures["tables"]
    largest = tables[-1]
    context.say(f"a match among {largest['operations']:,} operations: {largest['matchNanoseconds']:.0f} ns, "
                f"{largest['ratio']:.3f} times the one among {tables[0]['operations']}")
    context.budgets.append({
        "work": "route one request: 10,000 operations against 10", "unit": "ns",
        "Lintel": largest["matchNanoseconds"], "ratio": largest["ratio"],
        "budget": f"≤ {figures['budgetRatio']:g} × 10 operations", "held": figures["held"]})
    context.tables.append((
        "Router", ["operations", "match ns", "canonicalise and match ns", "against the smallest", "table KiB"],
        [[f"{table['operations']:,}", f"{table['matchNanoseconds']:.1f}",
          f"{table['canonicaliseAndMatchNanoseconds']:.1f}", f"{table['ratio']:.3f}",
          f"{table['tableBytes'] / 1024:,.0f}"] for table in tables]))
    return figures
