"""The same country's records of the V6 wire: one of each table that a site can receive."""

from typing import Any

Record = dict[str, Any]

CENTRAL: dict[str, list[Record]] = {
    "asset_class": [{"id": "acl-1", "name": "Laboratory equipment"}],
    "asset_category": [{"id": "aca-1", "name": "Microscopes", "class_id": "acl-1"}],
    "asset_catalogue_type": [{"id": "act-1", "name": "Binocular", "category_id": "aca-1"}],
    "asset_catalogue_item": [
        {
            "id": "aci-1",
            "sub_catalogue": "National list",
            "category_id": "aca-1",
            "class_id": "acl-1",
            "code": "NL/017",
            "manufacturer": "Lumina",
            "model": "BX-2",
            "type_id": "act-1",
            "properties": '{"expected_lifespan":8}',
            "deleted_datetime": None,
        }
    ],
    "asset_property": [
        {
            "id": "apr-1",
            "key": "lens_count",
            "name": "Number of lenses",
            "asset_class_id": "acl-1",
            "asset_category_id": None,
            "asset_type_id": None,
            "value_type": "INTEGER",
            "allowed_values": None,
        }
    ],
    "asset_log_reason": [
        {
            "id": "alr-1",
            "asset_log_status": "NOT_FUNCTIONING",
            "reason": "Broken lamp",
            "deleted_datetime": None,
            "comments_required": True,
        }
    ],
    "property": [
        {
            "id": "prop-road",
            "key": "road_access",
            "name": "Road access",
            "value_type": "STRING",
            "allowed_values": "Sealed,Gravel,None",
        }
    ],
    "name_property": [{"id": "nprop-road", "property_id": "prop-road", "remote_editable": True}],
    "name_oms_fields": [{"id": "NM-SUP", "properties": '{"road_access":"Gravel"}'}],
    "demographic": [{"id": "demo-u1", "name": "Under one", "population_percentage": 3.2}],
    "vaccine_course": [
        {
            "id": "vc-1",
            "name": "Measles",
            "program_id": "ML-EPI",
            "demographic_id": "demo-u1",
            "coverage_rate": 95.0,
            "is_active": True,
            "wastage_rate": 10.0,
            "deleted_datetime": None,
            "can_skip_dose": False,
        }
    ],
    "vaccine_course_dose": [
        {
            "id": "vcd-1",
            "vaccine_course_id": "vc-1",
            "label": "MR 1",
            "min_age": 9.0,
            "max_age": 12.0,
            "custom_age_label": None,
            "min_interval_days": 0,
            "deleted_datetime": None,
        }
    ],
    "vaccine_course_item": [
        {
            "id": "vci-1",
            "vaccine_course_id": "vc-1",
            "item_link_id": "IT-MR",
            "deleted_datetime": None,
        }
    ],
    "vaccine_course_store_config": [
        {
            "id": "vcs-1",
            "vaccine_course_id": "vc-1",
            "store_id": "ST-NOR",
            "wastage_rate": 15.0,
            "coverage_rate": None,
        }
    ],
    "item_variant": [
        {
            "id": "iv-1",
            "name": "Acme 10 dose vial",
            "item_link_id": "IT-ZINC",
            "cold_storage_type_id": "LT-1",
            "deleted_datetime": None,
            "vvm_type": "VVM14",
            "created_datetime": "2025-01-05T00:00:00",
            "created_by": None,
            "manufacturer_id": "NM-SUP",
        }
    ],
    "packaging_variant": [
        {
            "id": "pv-1",
            "name": "Carton",
            "item_variant_id": "iv-1",
            "packaging_level": 2,
            "pack_size": 50.0,
            "volume_per_unit": 0.0021,
            "deleted_datetime": None,
        }
    ],
    "ancillary_item": [
        {
            "id": "anc-1",
            "item_quantity": 100.0,
            "ancillary_quantity": 1.0,
            "deleted_datetime": None,
            "item_id": "IT-ZINC",
            "ancillary_item_id": "IT-MR",
        }
    ],
    "preference": [
        {
            "id": "order_in_packs_ST-NOR",
            "key": "order_in_packs",
            "value": "true",
            "store_id": "ST-NOR",
        },
        {"id": "days_in_month_global", "key": "days_in_month", "value": "30", "store_id": None},
    ],
    "backend_plugin": [
        {
            "id": "bp-1",
            "code": "amc-override",
            "version": "1.2.0",
            "bundle_base64": "Y29uc29sZQ==",
            "types": ["average_monthly_consumption", "processor"],
            "variant_type": "BOA_JS",
        }
    ],
    "frontend_plugin": [
        {
            "id": "fp-1",
            "code": "stock-notes",
            "version": "1.0.3",
            "entry_point": "main.js",
            "types": ["STOCK_LINE"],
            "files": [{"file_name": "main.js", "file_content_base64": "bGV0IGE7"}],
        }
    ],
    "om_form_schema": [
        {
            "id": "fs-1",
            "type": "reportArgument",
            "json_schema": {"type": "object", "properties": {"after": {"type": "string"}}},
            "ui_schema": {"type": "VerticalLayout", "elements": []},
        }
    ],
    "om_report": [
        {
            "id": "rep-1",
            "name": "Low stock",
            "template": '{"index":{}}',
            "context": "REPORT",
            "comment": None,
            "sub_context": "StockAndItems",
            "argument_schema_id": "fs-1",
            "is_custom": True,
            "version": "1.0.0",
            "code": "low-stock",
            "is_active": True,
            "excel_template_buffer": [80, 75, 0, 255],
        }
    ],
    "campaign": [
        {
            "id": "cam-1",
            "name": "Polio round 2",
            "start_date": "2025-08-01",
            "end_date": "2025-08-31",
            "deleted_datetime": None,
        }
    ],
    "plugin_data": [
        {
            "id": "pd-central",
            "store_id": None,
            "plugin_code": "stock-notes",
            "related_record_id": None,
            "data_identifier": "STOCK_LINE",
            "data": '{"note":"damp"}',
        }
    ],
}


def asset(record_id: str, store_id: str, **values: Any) -> Record:
    """A microscope."""
    plain = {
        "id": record_id,
        "notes": None,
        "asset_number": f"LAB-{record_id}",
        "asset_category_id": "aca-1",
        "asset_class_id": "acl-1",
        "asset_type_id": "act-1",
        "store_id": store_id,
        "serial_number": "SN9917",
        "catalogue_item_id": "aci-1",
        "installation_date": "2025-03-01",
        "replacement_date": None,
        "created_datetime": "2025-03-01T08:15:00",
        "modified_datetime": "2025-03-02T09:00:00.125",
        "deleted_datetime": None,
        "properties": '{"lens_count":4}',
        "donor_name_id": "NM-SUP",
        "warranty_start": "2025-03-01",
        "warranty_end": "2027-03-01",
        "needs_replacement": False,
        "locked_fields_json": None,
    }
    return plain | values


def remote_data(prefix: str, store_id: str, shelf: str, patient_id: str) -> dict[str, list[Record]]:
    """One record of each table that a site pushes by V6, with ids of this prefix."""

    def own(kind: str) -> str:
        return f"{prefix}-{kind}"

    return {
        "asset": [asset(own("asset"), store_id)],
        "asset_internal_location": [
            {"id": own("ail"), "asset_id": own("asset"), "location_id": shelf}
        ],
        "asset_log": [
            {
                "id": own("alog"),
                "asset_id": own("asset"),
                "user_id": "US-3",
                "status": "NOT_FUNCTIONING",
                "comment": "lamp gone",
                "type": "STATUS_UPDATE",
                "reason_id": "alr-1",
                "log_datetime": "2025-06-10T11:00:00",
                "created_datetime": "2025-06-10T11:04:31",
            }
        ],
        "rnr_form": [
            {
                "id": own("rnr"),
                "store_id": store_id,
                "period_id": "PER-1",
                "program_id": "ML-EPI",
                "created_datetime": "2025-07-02T01:00:00",
                "finalised_datetime": None,
                "status": "DRAFT",
                "linked_requisition_id": None,
                "their_reference": None,
                "comment": None,
                "name_id": "NM-SUP",
            }
        ],
        "rnr_form_line": [rnr_form_line(own("rnl"), own("rnr"))],
        "vaccination": [vaccination(own("vax"), store_id, patient_id)],
        "plugin_data": [
            {
                "id": own("pd"),
                "store_id": store_id,
                "plugin_code": "stock-notes",
                "related_record_id": "sl-8",
                "data_identifier": "STOCK_LINE",
                "data": '{"note":"damp"}',
            }
        ],
    }


def rnr_form_line(record_id: str, form_id: str) -> Record:
    """A line of a report and requisition form."""
    return {
        "id": record_id,
        "rnr_form_id": form_id,
        "item_link_id": "IT-ZINC",
        "requisition_line_id": None,
        "previous_monthly_consumption_values": "12,9.5",
        "average_monthly_consumption": 10.8,
        "initial_balance": 30.0,
        "snapshot_quantity_received": 0.0,
        "snapshot_quantity_consumed": 11.0,
        "snapshot_adjustments": 0.0,
        "entered_quantity_received": None,
        "entered_quantity_consumed": None,
        "entered_losses": 1.0,
        "entered_adjustments": None,
        "adjusted_quantity_consumed": 11.0,
        "stock_out_duration": 0,
        "final_balance": 18.0,
        "minimum_quantity": 10.8,
        "maximum_quantity": 21.6,
        "expiry_date": "2026-01-31",
        "calculated_requested_quantity": 3.6,
        "entered_requested_quantity": None,
        "low_stock": "OK",
        "comment": None,
        "confirmed": False,
    }


def vaccination(record_id: str, store_id: str, patient_id: str) -> Record:
    """A dose given."""
    return {
        "id": record_id,
        "store_id": store_id,
        "given_store_id": store_id,
        "program_enrolment_id": "enr-5",
        "encounter_id": "enc-9",
        "user_id": "US-3",
        "vaccine_course_dose_id": "vcd-1",
        "created_datetime": "2025-07-01T02:10:00",
        "facility_free_text": None,
        "invoice_id": None,
        "stock_line_id": None,
        "item_link_id": "IT-MR",
        "clinician_link_id": None,
        "vaccination_date": "2025-07-01",
        "given": True,
        "not_given_reason": None,
        "comment": None,
        "patient_id": patient_id,
        "facility_name_id": "NM-NOR",
    }


def file_reference(record_id: str, asset_id: str, size: int) -> Record:
    """A photo of an asset."""
    return {
        "id": record_id,
        "table_name": "asset",
        "record_id": asset_id,
        "file_name": "lamp.jpg",
        "mime_type": "image/jpeg",
        "total_bytes": size,
        "created_datetime": "2025-06-10T11:05:00",
        "deleted_datetime": None,
    }
