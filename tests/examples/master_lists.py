"""Examples: a programme, its lines, and the store that has it."""

from tests.examples import v5

EXAMPLES = [
    v5(
        "list_master",
        {
            "ID": "list-epi",
            "description": "Immunisation programme",
            "code": "EPI",
            "note": "Vaccines and what goes with them",
            "inactive": False,
            "is_default_price_list": True,
            "discount_percentage": 2.5,
            "isProgram": True,
            "programSettings": {
                "elmisCode": "EPI-1",
                "storeTags": {
                    "District": {
                        "periodScheduleName": "Monthly",
                        "orderTypes": [
                            {
                                "name": "Normal",
                                "thresholdMOS": 2,
                                "maxMOS": 3.5,
                                "maxOrdersPerPeriod": 1,
                                "isEmergency": False,
                                "maxEmergencyOrders": "",
                            }
                        ],
                    }
                },
            },
            "is_immunisation": True,
        },
    ),
    v5(
        "list_master_line",
        {"ID": "list-line-1", "item_master_ID": "list-epi", "item_ID": "item-mr", "price": 1.75},
    ),
    v5(
        "list_master_name_join",
        {"ID": "list-join-1", "name_ID": "name-north", "list_master_ID": "list-epi"},
    ),
    v5(
        "list_master_name_join",
        {"ID": "list-join-2", "name_ID": "patient-1", "list_master_ID": "list-epi"},
    ),
]
