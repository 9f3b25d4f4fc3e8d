"""Look into an instance: `python -m bench.count {changed,steps}`."""

import json
import sys

import django

django.setup()

from django.db import connection

from msupply.records.invoices import InvoiceLine
from msupply.sync import log


def changed() -> int:
    """Count the invoice lines that `bench.load touch` changed."""
    return InvoiceLine.objects.filter(note="changed").count()


def steps() -> dict[str, float]:
    """Return the seconds that each step of the latest cycle took."""
    status = log.latest(connection)
    return {
        step.name: round((step.finished_at - step.started_at).total_seconds(), 2)
        for step in (status.steps if status else [])
        if step.started_at and step.finished_at
    }


if __name__ == "__main__":
    print(json.dumps({"changed": changed, "steps": steps}[sys.argv[1]]()))
