"""Addresses of all pages, with ids of records that the examples have."""

from django.urls import reverse

IDS = {
    "site_id": "site-2",
    "number": 2,
    "store_id": "store-north",
    "name": "kind",
    "form": "csv",
    "type_name": "invoice",
    "record_type": "invoice",
    "slug": "invoice",
    "record_id": "invoice-1",
    "upload_id": "none",
    "item_id": "catalogue-1",
    "asset_id": "asset-1",
    "file_id": "file-1",
    "user_id": "user-1",
    "kind": "location",
}


def address(pattern, **ids):
    """Return the address of a page, with these ids instead of the usual ones."""
    values = IDS | ids
    return reverse(
        pattern.name or pattern.callback, kwargs={n: values[n] for n in pattern.pattern.converters}
    )
