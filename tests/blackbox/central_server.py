"""A central server of ours with a small country in it, set up with the commands of an operator."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.blackbox import country, modern_country
from tests.blackbox.processes import done, free_port, msupply, serving

PASSWORDS = {
    "clinic-north": "tide-4242",
    "clinic-south": "tide-4343",
    "lonely": "tide-4444",
    "guessed-at": "tide-4545",
}
ADMIN = ("boss", "correct horse 17")


def moved_over() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """What a country brings along from its former central server, in the form of `import wire`."""
    remote = country.remote_data("OLD", "ST-NOR", "NM-SUP")
    legacy = {
        table: [*country.CENTRAL.get(table, []), *records] for table, records in remote.items()
    }
    legacy = country.CENTRAL | legacy
    legacy["name_store_join"].append(country.visible("NSJ-SUP", "ST-NOR", "NM-SUP"))
    legacy["item_store_join"] = [country.item_in_store("ISJ-1", "ST-NOR", "OLD-LOC")]
    legacy["message"] = [country.message("MSG-OLD", "ST-SOU", "ST-NOR")]
    modern = modern_country.remote_data("old", "ST-NOR", "OLD-LOC", "OLD-PAT")
    both = {
        table: [*modern_country.CENTRAL.get(table, []), *modern.get(table, [])]
        for table in modern_country.CENTRAL | modern
    }
    both["sync_file_reference"] = [modern_country.file_reference("old-file", "old-asset", 5)]
    return {"v5": legacy, "v6": both}


@contextmanager
def central_server(directory: Path) -> Iterator[str]:
    """Its address, while it serves; its data directory is `directory / "central"`."""
    data, port = directory / "central", free_port()
    admin, password = ADMIN
    url = f"http://127.0.0.1:{port}"
    done(data, "init", "central", "--url", url, "--admin", admin, "--password", password)
    taken = directory / "country.json"
    taken.write_text(json.dumps(moved_over()))
    run = msupply(data, "import", "wire", str(taken))
    assert run.returncode == 0, run.stdout + run.stderr
    stores = {
        "clinic-north": ["--store", "NOR"],
        "clinic-south": ["--store", "SOU"],
        "lonely": [],
        "guessed-at": [],
    }
    for name, store in stores.items():
        done(data, "site", "add", name, "--password", PASSWORDS[name], *store)
    with serving(data, port) as base:
        yield base
