"""Time that passes: the pages' clock, set forward, and still there."""

from datetime import timedelta

from msupply.services import second_factor
from msupply.sync import clock
from msupply.web import idle, session


def pass_by(monkeypatch, **length):
    """Let pages believe that some time has passed since now."""
    stand_still(monkeypatch, (idle, session, second_factor), **length)


def stand_still(monkeypatch, modules=(second_factor,), **length):
    """Let codes be those of one moment, so that none changes between two lines of a test."""
    moment = clock.now() + timedelta(**length)
    for module in modules:
        monkeypatch.setattr(module, "now", lambda: moment)
