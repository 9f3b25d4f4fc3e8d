"""What people are told when the database cannot be used, or soon cannot."""

import pytest
from django.db import OperationalError

from msupply.sync import here, log
from msupply.web import sync_state

SAID = "The database cannot be used just now"


def fail(*_, **__):
    raise OperationalError("database or disk is full")


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize("place", [(here, "load"), (log, "last_success")])
def test_a_database_that_is_away_is_told_in_plain_words(nurse, monkeypatch, place, headers):
    monkeypatch.setattr(*place, fail)
    answer = nurse.get("/synchronisation/status", headers=headers)
    assert answer.status_code == 503
    assert SAID in answer.text


def test_the_sync_page_warns_of_a_disk_that_is_almost_full(nurse, monkeypatch):
    warning = "The disk of this server is almost full"
    assert warning not in nurse.get("/synchronisation").text
    monkeypatch.setattr(sync_state, "LITTLE_ROOM", 2**62)
    assert warning in nurse.get("/synchronisation").text
