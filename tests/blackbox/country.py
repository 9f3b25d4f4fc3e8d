"""A small country in wire form: at least one record of each table that a site can receive."""

from typing import Any

Record = dict[str, Any]

NAME: Record = {
    "customer": False,
    "supplier": False,
    "supplying_store_id": "",
    "first": "",
    "last": "",
    "female": False,
    "date_of_birth": "0000-00-00",
    "phone": "",
    "charge code": "",
    "comment": "",
    "country": "",
    "bill_address1": "",
    "bill_address2": "",
    "email": "",
    "url": "",
    "manufacturer": False,
    "donor": False,
    "hold": False,
    "NEXT_OF_KIN_ID": "",
    "next_of_kin_relative": "",
    "created_date": "2024-02-11",
    "national_health_number": "",
    "isDeceased": False,
    "om_created_datetime": "",
    "om_gender": "",
    "om_date_of_death": "0000-00-00",
    "custom_data": None,
    "HSH_code": "",
    "HSH_name": "",
    "margin": 0,
    "freightfac": 0,
    "currency_ID": "",
}


def name(record_id: str, title: str, kind: str, **values: Any) -> Record:
    """A facility, a store's name or a patient."""
    return NAME | {"ID": record_id, "name": title, "code": record_id.lower(), "type": kind} | values


def patient(record_id: str, last: str, first: str, **values: Any) -> Record:
    """A patient's name."""
    born = {"date_of_birth": "1991-04-02", "female": True, "om_gender": "FEMALE"}
    created = {"om_created_datetime": "2024-02-11T03:20:00.123456", "phone": "555-17"}
    own = born | created | {"first": first, "last": last, "customer": True} | values
    return name(record_id, f"{last}, {first}", "patient", **own)


def item(record_id: str, title: str, **values: Any) -> Record:
    """An item."""
    plain = {
        "ID": record_id,
        "item_name": title,
        "code": record_id.lower(),
        "unit_ID": "UNIT-TAB",
        "type_of": "general",
        "default_pack_size": 100,
        "is_vaccine": False,
        "VEN_category": "E",
        "strength": "20mg",
        "doses": 0,
        "category_ID": "CAT-3",
        "restricted_location_type_ID": "",
        "volume_per_pack": 0.0004,
        "universalcodes_code": "",
    }
    return plain | values


def store(record_id: str, code: str, name_id: str, mode: str) -> Record:
    """A store without a site: `msupply site add --store CODE` gives it one."""
    return {
        "ID": record_id,
        "name_ID": name_id,
        "code": code,
        "sync_id_remote_site": 0,
        "logo": "",
        "store_mode": mode,
        "created_date": "2023-05-01",
        "disabled": False,
    }


CENTRAL: dict[str, list[Record]] = {
    "unit": [{"ID": "UNIT-TAB", "units": "Tab", "comment": "", "order_number": 4}],
    "item_category_level1": [
        {"ID": "CAT-1", "Description": "Drugs", "sort_order": 1, "parent_ID": ""}
    ],
    "item_category_level2": [
        {"ID": "CAT-2", "Description": "Gut", "sort_order": 1, "parent_ID": "CAT-1"}
    ],
    "item_category": [
        {"ID": "CAT-3", "Description": "Diarrhoea", "sort_order": 1, "parent_ID": "CAT-2"}
    ],
    "Location_type": [
        {"ID": "LT-1", "Description": "Cold", "Temperature_min": 2, "Temperature_max": 8.5}
    ],
    "currency": [
        {
            "ID": "CUR-X",
            "rate": 1.5,
            "currency": "XTS",
            "is_home_currency": False,
            "date_updated": "2025-01-31",
        }
    ],
    "options": [{"ID": "OPT-1", "type": "returnReason", "isActive": True, "title": "Torn"}],
    "name_tag": [{"ID": "TAG-1", "description": "District"}],
    "periodSchedule": [{"ID": "PS-1", "name": "Monthly"}],
    "period": [
        {
            "ID": "PER-1",
            "periodScheduleID": "PS-1",
            "startDate": "2025-03-01",
            "endDate": "2025-03-31",
            "name": "March 2025",
        }
    ],
    "user": [
        {
            "ID": "US-3",
            "name": "maria",
            "e_mail": "",
            "Language": 5,
            "first_name": "Maria",
            "last_name": "",
            "phone1": "",
            "job_title": "Pharmacist",
            "active": True,
        }
    ],
    "name": [
        name("NM-NOR", "North clinic", "store", customer=True),
        name("NM-SOU", "South clinic", "store", customer=True, supplier=True),
        name("NM-SUP", "Acme Supplies", "facility", supplier=True, manufacturer=True, donor=True),
    ],
    "store": [
        store("ST-NOR", "NOR", "NM-NOR", "dispensary"),
        store("ST-SOU", "SOU", "NM-SOU", "dispensary"),
    ],
    "pref": [
        {
            "ID": "PF-OTHER",
            "store_ID": "ST-NOR",
            "item": "store_preferences",
            "user_ID": "",
            "network_ID": "",
            "data": {
                "default_item_packsize_to_one": False,
                "omSupplyUsesProgramModule": True,
                "monthlyConsumptionLookBackPeriod": "6",
                "monthsLeadTime": "1",
                "monthsOverstock": 6,
                "monthsUnderstock": 3,
                "monthsItemsExpire": 3,
                "stocktakeFrequency": 1,
            },
        }
    ],
    "item": [
        item("IT-ZINC", "Zinc sulfate 20mg dispersible tab"),
        item("IT-MR", "Measles vaccine", is_vaccine=True, doses=10),
    ],
    "list_master": [
        {
            "ID": "ML-EPI",
            "description": "Immunisation programme",
            "code": "EPI",
            "note": "",
            "inactive": False,
            "is_default_price_list": False,
            "discount_percentage": 0,
            "isProgram": True,
            "is_immunisation": True,
            "programSettings": {
                "elmisCode": "",
                "storeTags": {
                    "District": {
                        "periodScheduleName": "Monthly",
                        "orderTypes": [
                            {
                                "name": "Normal",
                                "thresholdMOS": 2,
                                "maxMOS": 3,
                                "maxOrdersPerPeriod": 1,
                                "isEmergency": False,
                                "maxEmergencyOrders": "",
                            }
                        ],
                    }
                },
            },
        }
    ],
    "list_master_line": [
        {"ID": "MLL-1", "item_master_ID": "ML-EPI", "item_ID": "IT-MR", "price": None}
    ],
    "list_master_name_join": [{"ID": "MLN-1", "name_ID": "NM-NOR", "list_master_ID": "ML-EPI"}],
    "name_tag_join": [{"ID": "NTJ-1", "name_ID": "NM-NOR", "name_tag_ID": "TAG-1"}],
    "om_user_permission": [
        {
            "ID": "UP-1",
            "user_ID": "US-3",
            "store_ID": "ST-NOR",
            "permission": "DocumentMutate",
            "context_ID": "ML-EPI",
        }
    ],
}


def location(record_id: str, store_id: str, **values: Any) -> Record:
    """A shelf."""
    plain = {"Description": "Shelf", "code": record_id, "hold": False, "Volume": 1.5}
    return plain | {"ID": record_id, "store_ID": store_id, "type_ID": "LT-1"} | values


def remote_data(prefix: str, store_id: str, partner_name_id: str) -> dict[str, list[Record]]:
    """One record of each table that a store owns, in pull form, with ids of this prefix."""

    def own(kind: str) -> str:
        return f"{prefix}-{kind}"

    return {
        "name": [patient(own("PAT"), "Okafor", f"Ada {prefix}", supplying_store_id=store_id)],
        "name_store_join": [
            {
                "ID": own("NSJ"),
                "store_ID": store_id,
                "name_ID": own("PAT"),
                "inactive": False,
                "om_name_is_customer": True,
                "om_name_is_supplier": False,
            }
        ],
        "clinician": [
            {
                "ID": own("CLI"),
                "code": "C7",
                "last_name": "Sow",
                "initials": "AS",
                "first_name": "",
                "address1": "",
                "address2": "",
                "phone": "",
                "mobile": "",
                "email": "",
                "female": True,
                "active": True,
                "store_ID": store_id,
                "oms_fields": {"gender": "FEMALE"},
            }
        ],
        "clinician_store_join": [
            {"ID": own("CSJ"), "store_ID": store_id, "prescriber_ID": own("CLI")}
        ],
        "barcode": [
            {
                "ID": own("BAR"),
                "barcode": f"0{prefix}",
                "itemID": "IT-ZINC",
                "manufacturerID": "",
                "packSize": 100,
                "parentID": "",
            }
        ],
        "Location": [location(own("LOC"), store_id)],
        "item_line": [
            {
                "ID": own("SL"),
                "store_ID": store_id,
                "item_ID": "IT-ZINC",
                "batch": "B7",
                "expiry_date": "2027-06-30",
                "hold": False,
                "location_ID": own("LOC"),
                "pack_size": 100,
                "available": 8,
                "quantity": 10,
                "cost_price": 2.4,
                "sell_price": 2.4,
                "note": "",
                "name_ID": "NM-SUP",
                "barcodeID": own("BAR"),
                "om_item_variant_id": "iv-1",
                "donor_id": "",
                "vvm_status_id": "",
                "manufacturer_ID": "",
                "oms_fields": {
                    "campaign_id": "cam-1",
                    "program_id": "",
                    "manufacture_date": "2025-01-02",
                },
                "total_volume": 0.004,
                "volume_per_pack": 0.0004,
            }
        ],
        "location_movement": [
            {
                "ID": own("LM"),
                "store_ID": store_id,
                "item_line_ID": own("SL"),
                "location_ID": own("LOC"),
                "enter_date": "2025-03-04",
                "enter_time": 34200,
                "exit_date": "0000-00-00",
                "exit_time": 0,
            }
        ],
        "transact": [invoice(own("TR"), store_id, partner_name_id)],
        "trans_line": [invoice_line(own("TL"), own("TR"), own("SL"), own("LOC"))],
        "requisition": [requisition(own("RQ"), store_id, partner_name_id)],
        "requisition_line": [requisition_line(own("RL"), own("RQ"))],
        "Stock_take": [
            {
                "ID": own("STK"),
                "created_by_ID": "US-3",
                "status": "sg",
                "Description": "Yearly",
                "comment": "",
                "Locked": False,
                "invad_additions_ID": "",
                "invad_reductions_ID": "",
                "serial_number": 3,
                "stock_take_created_date": "2025-03-06",
                "stock_take_time": 36061,
                "stock_take_date": "2025-03-06",
                "store_ID": store_id,
                "om_created_datetime": "2025-03-06T10:01:01",
                "om_finalised_datetime": "",
                "programID": "",
                "om_counted_by": "",
                "om_verified_by": "",
                "om_is_initial_stocktake": False,
            }
        ],
        "Stock_take_lines": [stocktake_line(own("STL"), own("STK"), own("SL"), own("LOC"))],
        "om_activity_log": [
            {
                "ID": own("LOG"),
                "type": "InvoiceCreated",
                "user_ID": "US-3",
                "store_ID": store_id,
                "record_ID": own("TR"),
                "datetime": "2025-03-04T09:30:00.500000",
                "changed_to": "",
                "changed_from": "",
            }
        ],
    }


def invoice(record_id: str, store_id: str, name_id: str, **values: Any) -> Record:
    """A received supplier invoice."""
    plain = {
        "ID": record_id,
        "name_ID": name_id,
        "store_ID": store_id,
        "invoice_num": 57,
        "type": "si",
        "status": "cn",
        "user_ID": "US-3",
        "hold": False,
        "comment": "",
        "their_ref": "DN 8812",
        "prescriber_ID": "",
        "currency_ID": "CUR-X",
        "currency_rate": 1,
        "om_transport_reference": "",
        "goods_received_ID": "",
        "original_PO_ID": "",
        "requisition_ID": "",
        "linked_transaction_id": "",
        "nameInsuranceJoinID": "",
        "donor_default_id": "",
        "insuranceDiscountAmount": 0,
        "insuranceDiscountRate": 0,
        "entry_date": "2025-03-04",
        "entry_time": 34200,
        "confirm_date": "2025-03-05",
        "confirm_time": 36000,
        "finalised_date": "0000-00-00",
        "finalised_time": 0,
        "mode": "store",
        "tax_rate": 0,
        "om_created_datetime": "2025-03-04T09:30:00",
        "om_allocated_datetime": "",
        "om_picked_datetime": "",
        "om_shipped_datetime": "",
        "om_delivered_datetime": "2025-03-05T10:00:00",
        "om_verified_datetime": "",
        "om_cancelled_datetime": "",
        "om_status": "DELIVERED",
        "om_type": "INBOUND_SHIPMENT",
        "om_colour": "",
        "om_original_shipment_id": "",
        "om_backdated_datetime": "",
        "diagnosis_ID": "",
        "programID": "",
        "is_cancellation": False,
        "arrival_date_estimated": "2025-03-09",
        "ship_method_ID": "",
        "oms_fields": {"charges_local_currency": 1.25, "charges_foreign_currency": 0},
    }
    return plain | values


def invoice_line(record_id: str, invoice_id: str, stock_line_id: str, shelf: str) -> Record:
    """A line of it."""
    return {
        "ID": record_id,
        "transaction_ID": invoice_id,
        "item_ID": "IT-ZINC",
        "item_name": "Zinc sulfate 20mg dispersible tab",
        "item_line_ID": stock_line_id,
        "location_ID": shelf,
        "batch": "B7",
        "expiry_date": "2027-06-30",
        "pack_size": 100,
        "cost_price": 2.4,
        "sell_price": 2.4,
        "type": "stock_in",
        "quantity": 10,
        "prescribedQuantity": None,
        "note": "",
        "om_item_code": "it-zinc",
        "om_tax": 0,
        "om_total_before_tax": 24,
        "om_total_after_tax": 24,
        "optionID": "OPT-1",
        "foreign_currency_price": 0,
        "om_item_variant_id": "",
        "linked_transact_id": "",
        "donor_id": "",
        "vaccine_vial_monitor_status_ID": "",
        "oms_fields": {
            "campaign_id": "",
            "program_id": "",
            "status": None,
            "manufacture_date": None,
            "purchase_order_line_id": None,
        },
        "sentQuantity": 10,
        "volume_per_pack": 0.0004,
        "sent_pack_size": 100,
        "manufacturer_ID": "",
    }


def requisition(record_id: str, store_id: str, name_id: str, **values: Any) -> Record:
    """A draft order."""
    plain = {
        "ID": record_id,
        "serial_number": 8,
        "name_ID": name_id,
        "store_ID": store_id,
        "type": "request",
        "status": "sg",
        "user_ID": "US-3",
        "date_entered": "2025-03-01",
        "lastModifiedAt": 0,
        "requester_reference": "",
        "linked_requisition_id": "",
        "thresholdMOS": 3,
        "daysToSupply": 180,
        "comment": "",
        "om_created_datetime": "2025-03-01T08:00:00",
        "om_sent_datetime": "",
        "om_finalised_datetime": "",
        "om_expected_delivery_date": "0000-00-00",
        "om_max_months_of_stock": 6,
        "om_status": "DRAFT",
        "om_colour": "",
        "authorisationStatus": "",
        "orderType": "",
        "periodID": "PER-1",
        "programID": "ML-EPI",
        "is_emergency": False,
        "oms_fields": None,
    }
    return plain | values


def requisition_line(record_id: str, requisition_id: str) -> Record:
    """A line of it."""
    numbers = {
        "Cust_stock_order": 300,
        "suggested_quantity": 280,
        "actualQuan": 0,
        "stock_on_hand": 120,
        "daily_usage": 3.5,
        "approved_quantity": 0,
        "Cust_prev_stock_balance": 120,
        "Cust_stock_received": 1,
        "Cust_stock_issued": 2,
        "stockLosses": 3,
        "stockAdditions": 4,
        "stockExpiring": 5,
        "days_out_or_new_demand": 6,
        "Cust_loss_adjust": 1,
    }
    return numbers | {
        "ID": record_id,
        "requisition_ID": requisition_id,
        "item_ID": "IT-ZINC",
        "authoriser_comment": "",
        "comment": "",
        "om_snapshot_datetime": "2025-03-01T09:40:00",
        "itemName": "Zinc sulfate 20mg dispersible tab",
        "optionID": "",
        "oms_fields": {
            "rnr_form_line_id": None,
            "expiry_date": None,
            "price_per_unit": 0.5,
            "available_volume": None,
            "location_type_id": None,
            "forecast_total_units": None,
            "forecast_total_doses": None,
            "vaccine_courses": None,
        },
    }


def stocktake_line(record_id: str, stocktake_id: str, stock_line_id: str, shelf: str) -> Record:
    """A counted line."""
    return {
        "ID": record_id,
        "stock_take_ID": stocktake_id,
        "location_id": shelf,
        "comment": "",
        "snapshot_qty": 10,
        "snapshot_packsize": 100,
        "stock_take_qty": 9.5,
        "is_edited": True,
        "item_line_ID": stock_line_id,
        "item_ID": "IT-ZINC",
        "item_name": "Zinc sulfate 20mg dispersible tab",
        "Batch": "B7",
        "expiry": "2027-06-30",
        "cost_price": 2.4,
        "sell_price": 2.4,
        "om_note": None,
        "optionID": "",
        "om_item_variant_id": "",
        "donor_ID": "",
        "vaccine_vial_monitor_status_ID": "",
        "volume_per_pack": 0.0004,
        "manufacturer_ID": "",
        "oms_fields": {"campaign_id": "cam-1", "program_id": "", "manufacture_date": None},
    }


def item_in_store(record_id: str, store_id: str, shelf: str) -> Record:
    """How an item is kept in a store; central data."""
    return {
        "ID": record_id,
        "item_ID": "IT-ZINC",
        "store_ID": store_id,
        "default_price": 2.5,
        "ignore_for_orders": False,
        "margin": 0,
        "default_location_ID": shelf,
    }


def message(record_id: str, sender: str, receiver: str) -> Record:
    """A message between two stores."""
    return {
        "ID": record_id,
        "toStoreID": receiver,
        "fromStoreID": sender,
        "body": {"recordId": "RQ-1", "fields": {"comment": "checked"}},
        "createdDate": "2025-03-02",
        "createdTime": 43200,
        "status": "new",
        "type": "RequestFieldChange",
        "error_message": "",
    }


def visible(record_id: str, store_id: str, name_id: str) -> Record:
    """A name that a store can see."""
    return {"ID": record_id, "store_ID": store_id, "name_ID": name_id, "inactive": False}
