"""Patients known elsewhere: found at the central server, fetched to this site (sync-v6.md 9)."""

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import driver
from msupply.sync import here as instance
from msupply.sync.failure import FailureCode, SyncFailure
from msupply.sync.here import Here
from msupply.wire.messages import FoundPatient, JoinAnswer
from msupply.wire.v4_client import PatientClient, PatientQuery
from msupply.wire.v6_client import ModernClient


def search_patients(connection: BaseDatabaseWrapper, query: PatientQuery) -> list[FoundPatient]:
    """Return the patients of the whole system that match. Raises SyncFailure."""
    client = PatientClient(_site(connection))
    try:
        return client.search(query)
    finally:
        client.close()


def fetch_patient(connection: BaseDatabaseWrapper, patient_id: str, store_id: str) -> None:
    """Make a patient visible in a store of this site, and have the records fetched.

    The cycle that brings them runs in the background. Raises SyncFailure; safe to repeat.
    """
    here = _site(connection)
    join = _join(here, patient_id, store_id)
    if not here.is_oms_central:
        modern = ModernClient(here, here.oms_central_url)
        try:
            modern.join_name_to_store(join.id, join.name_id, join.store_id)
        finally:
            modern.close()
    driver.request_cycle(connection, patient_id)


def _site(connection: BaseDatabaseWrapper) -> Here:
    here = instance.load(connection)
    if not here.is_remote:
        text = "patients are fetched from a central server; this one is the central server itself"
        raise SyncFailure(FailureCode.UNKNOWN, text)
    return here


def _join(here: Here, patient_id: str, store_id: str) -> JoinAnswer:
    client = PatientClient(here)
    try:
        return client.join_to_store(patient_id, store_id)
    finally:
        client.close()
