#!/usr/bin/env python3
"""Replies of compositions under their derived schemas, by jsonschema-rs.

    independent.py DERIVED.json REPLIES.jsonl     each line {"name": operationId, "reply": …}
    independent.py --install-only                 installs the package and does nothing else

Exit 0: every reply is valid; 1: one is not, which is printed; 2: the work could not be done. The package is installed into an
environment below .build; the rest is Python's standard library.
"""

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = "jsonschema-rs==0.60.3"
ENVIRONMENT = ROOT / ".build" / "independent"


def python():
    """The Python that has the package, installed first where it is missing."""
    program = ENVIRONMENT / "bin" / "python"
    if program.exists() and subprocess.run([program, "-c", "import jsonschema_rs"], capture_output=True).returncode == 0:
        return program
    print(f"installing {PACKAGE} into {ENVIRONMENT}", file=sys.stderr)
    try:
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        subprocess.run(
            [program, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE], check=True,
            capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        # Half an environment would be taken for a whole one the next time.
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        sys.exit(f"{PACKAGE} cannot be installed: {error}")
    return program


def check(derived, replies):
    """Validates every reply; returns the exit code."""
    import jsonschema_rs

    document = json.loads(Path(derived).read_text())
    validators, failed, count = {}, 0, 0
    for item in document["paths"].values():
        for operation in item.values():
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": document["components"],
                     "allOf": [schema]}
            validators[operation["operationId"]] = jsonschema_rs.validator_for(whole, validate_formats=True)
    for line in Path(replies).read_text().splitlines():
        entry = json.loads(line)
        count += 1
        validator = validators[entry["name"]]
        if not validator.is_valid(entry["reply"]):
            failed += 1
            if failed <= 3:
                found = next(iter(validator.iter_errors(entry["reply"])))
                print(f"{entry['name']}: {found.message} at {list(found.instance_path)}: {line}")
    print(f"jsonschema-rs: {count} replies, {failed} failures")
    return 1 if failed else 0


def main():
    if sys.argv[1:2] == ["--inside"]:
        return check(*sys.argv[2:])
    program = python()
    if sys.argv[1:] == ["--install-only"]:
        return 0
    return subprocess.run([program, __file__, "--inside", *sys.argv[1:]]).returncode


if __name__ == "__main__":
    sys.exit(main())
