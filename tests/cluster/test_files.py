"""Files between real processes, over a line that breaks."""

import hashlib
import random

import pytest

from tests.cluster.databases import POSTGRES, central_on
from tests.cluster.instances import PASSWORD, Instance, start, wait_for
from tests.cluster.proxy import Line, bad_line

pytestmark = pytest.mark.slow

SIZE = 3_000_000

_ATTACH = """
import random
from msupply.records.files import SyncFileReference
from msupply.records.messages import SyncMessage
from msupply.sync.clock import now
from msupply.wire import file_store
# It goes to the site of either store.
SyncMessage.objects.create(
    id="message-1", from_store_id="{own}", to_store_id="{other}", body="A lamp", type="",
    created_datetime=now(),
)
reference = SyncFileReference(
    id="file-1", table_name="sync_message", record_id="message-1", file_name="lamp.jpg",
    mime_type="image/jpeg", total_bytes={size}, created_datetime=now(), direction="UPLOAD",
)
file_store.save(reference, [random.Random({seed}).randbytes({size})])
reference.save()
"""
_FETCH = """
from django.db import connection
from msupply.records.files import SyncFileReference
from msupply.sync.failure import SyncFailure
from msupply.wire import file_store
from msupply.wire.file_transfer import fetch_file
reference = SyncFileReference.objects.get(id="file-1")
for _ in range(20):
    try:
        path = fetch_file(connection, reference)
    except SyncFailure:
        continue
    print(file_store.hash_of(path))
    break
"""


@central_on(POSTGRES)
def test_a_file_reaches_the_other_site(pair, tmp_path, seed):
    central, north = pair
    central.run("site", "add", "south", "--password", PASSWORD, "--store", "SOU=South")
    south = Instance(tmp_path / "south")
    with bad_line(central.port, seed) as (line, address):
        central.set(own_url=address, oms_central_url=address)
        north.set(central_url=address)
        start(central, north)
        south.run("init", "site", "--central", address, "--site", "south", "--password", PASSWORD)
        south_store = "SELECT id FROM store WHERE code = 'SOU'"
        wait_for(lambda: north.execute(south_store), 60, "the other store does not arrive")
        ((other,),) = north.execute(south_store)
        ((own,),) = north.execute("SELECT id FROM store WHERE code = 'NOR'")
        north.python(_ATTACH.format(size=SIZE, seed=seed, own=own, other=other))
        line.weights = {Line.GOOD: 5, Line.LOST_ANSWER: 1, Line.CUT: 2, Line.TWICE: 2}
        uploaded = "SELECT 1 FROM sync_file_reference WHERE status = 'DONE'"

        def has_arrived():
            # What failed would wait for a quarter of an hour.
            north.execute("UPDATE sync_file_reference SET retry_at = NULL, status = 'NEW'"
                          " WHERE status = 'ERROR'")  # fmt: skip
            return north.execute(uploaded) and central.execute(uploaded)

        wait_for(has_arrived, 60, "the file does not arrive")
        line.weights = {Line.GOOD: 1}
        south.run("sync")
        line.weights = {Line.GOOD: 2, Line.CUT: 3}
        found = south.python(_FETCH).strip()
    assert found == hashlib.sha256(random.Random(seed).randbytes(SIZE)).hexdigest()
