#!/usr/bin/env python3
"""`make fuzz`: builds the fuzzing executable and runs one target of it.

    python3 Tests/Fuzzing/fuzz.py json 600                  ten minutes
    python3 Tests/Fuzzing/fuzz.py json replay FILE          one input, with a backtrace
    python3 Tests/Fuzzing/fuzz.py json minimise FILE        a smaller input with the same end
    python3 Tests/Fuzzing/fuzz.py                           the names of the targets

Everything lies in .build-fuzz: the build, a corpus and the findings of each target. Python's standard library only.
"""

import os
import subprocess
import sys

import seeds

FOLDER = seeds.PACKAGE / ".build-fuzz"
EXECUTABLE = FOLDER / "release/Fuzzing"

# Release, so that the optimiser's own mistakes are found too; with assertions and checked memory access on top.
BUILD = [
    "swift", "build", "-c", "release", "--build-path", str(FOLDER), "--product", "Fuzzing",
    "--sanitize", "fuzzer", "--sanitize", "address",
    # Given twice, the package manager's own option counts only once.
    "-Xswiftc", "-sanitize=fuzzer,address", "-Xswiftc", "-assert-config", "-Xswiftc", "Debug",
]

# Seconds and megabytes for one input: a hang is a finding, and so is memory that grows with nothing.
LIMITS = ["-timeout=5", "-rss_limit_mb=2048", "-malloc_limit_mb=512"]


def run(target, arguments, backtraces=False):
    """Runs the executable; returns its exit code."""
    environment = os.environ | {
        "LINTEL_FUZZ_TARGET": target,
        # Constants that live as long as the process are no leak.
        "ASAN_OPTIONS": "detect_leaks=0",
        "SWIFT_BACKTRACE": "enable=yes,interactive=no,color=no" if backtraces else "enable=no",
    }
    return subprocess.run([str(EXECUTABLE), *arguments], env=environment, stdin=subprocess.DEVNULL).returncode


def fuzz(target, seconds):
    """Fuzzes for some seconds; says where a finding is."""
    corpus, start, findings = (FOLDER / kind / target for kind in ["corpus", "seeds", "findings"])
    corpus.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    seeds.write(target, start)
    before = set(findings.iterdir())
    status = run(
        target,
        [*LIMITS, f"-max_total_time={seconds}", "-print_final_stats=1", f"-artifact_prefix={findings}/",
         str(corpus), str(start)])
    for path in sorted(set(findings.iterdir()) - before):
        print(f"\nfound: {path}\nreplay: make fuzz TARGET={target} REPLAY={path}")
        print(f"make it smaller: python3 Tests/Fuzzing/fuzz.py {target} minimise {path}")
    return status


def main():
    arguments = sys.argv[1:]
    subprocess.run(BUILD, env=os.environ | {"LINTEL_FUZZ": "1"}, cwd=seeds.PACKAGE, check=True)
    match arguments:
        case []:
            run("", [])
            return 0
        case [target, "replay", path]:
            return run(target, [path], backtraces=True)
        case [target, "minimise", path]:
            return run(
                target,
                ["-minimize_crash=1", "-max_total_time=60", *LIMITS, f"-exact_artifact_path={path}.smaller", path])
        case [target, seconds] if seconds.isdigit():
            return fuzz(target, int(seconds))
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main())
