"""A wrong declaration is refused at start, with its class and its fault."""

import pytest

from msupply.sync.declare import Legacy, LocalOnly, SoftDelete, Store
from msupply.sync.declare.checks import check_declarations
from tests.engine.toyapp.models import Loan, Opinion, Shop, Thing


def codes():
    return [error.id for error in check_declarations(None)]


@pytest.fixture(autouse=True)
def fresh_registry(monkeypatch):
    from msupply.sync.declare import checks
    from msupply.sync.declare.registry import registry

    monkeypatch.setattr(checks, "registry", registry.__wrapped__)


def test_the_toy_app_is_declared_well():
    assert codes() == []


@pytest.mark.parametrize(
    ("model", "attribute", "value", "code"),
    [
        (Thing, "number", 1, "msupply.E001"),
        (Thing, "legacy", Legacy("shop", {"ID": "id"}), "msupply.E002"),
        (Shop, "stores", None, "msupply.E003"),
        (Thing, "sync", None, "msupply.E004"),
        (Opinion, "legacy", Legacy("opinion", {"ID": "id"}), "msupply.E005"),
        (Thing, "sync", LocalOnly("no"), "msupply.E005"),
        (Loan, "sync", Store("warehouse_id"), "msupply.E006"),
        (Thing, "removal", SoftDelete("gone"), "msupply.E007"),
        (Thing, "fixed", ("gone",), "msupply.E009"),
    ],
)
def test_a_fault_has_a_stable_id(monkeypatch, model, attribute, value, code):
    monkeypatch.setattr(model, attribute, value)
    assert code in codes()


def test_a_wire_key_without_its_column_is_refused(monkeypatch):
    from msupply.sync.declare import DATE, Field

    monkeypatch.setattr(Thing, "legacy", Legacy("thing", {"ID": Field("nothing", DATE)}))
    assert "msupply.E008" in codes()
