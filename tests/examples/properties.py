"""Examples: a property of names and its value."""

from tests.examples import v6

EXAMPLES = [
    v6(
        "property",
        {
            "id": "property-road",
            "key": "road_access",
            "name": "Road access",
            "value_type": "STRING",
            "allowed_values": "Sealed,Gravel,None",
        },
    ),
    v6(
        "name_property",
        {"id": "name-property-road", "property_id": "property-road", "remote_editable": True},
    ),
    v6("name_oms_fields", {"id": "name-north", "properties": '{"road_access":"Gravel"}'}),
]
