"""Examples: a sensor, a breach and a measurement."""

from tests.examples import v5

EXAMPLES = [
    v5(
        "sensor",
        {
            "ID": "sensor-1",
            "name": "Fridge 1",
            "macAddress": "AC:23:3F | LOG_TAG",
            "locationID": "location-1",
            "storeID": "store-north",
            "batteryLevel": 87,
            "logInterval": 300,
            "is_active": True,
            "lastConnectionDate": "2025-03-04",
            "lastConnectionTime": 34201,
            "om_last_connection_datetime": "2025-03-04T09:30:01.500000",
        },
    ),
    v5(
        "temperature_breach",
        {
            "ID": "breach-1",
            "duration": 3600000,
            "type": "HOT_CONSECUTIVE",
            "sensor_ID": "sensor-1",
            "location_ID": "location-1",
            "store_ID": "store-north",
            "start_date": "2025-03-04",
            "start_time": 34201,
            "end_date": "2025-03-04",
            "end_time": 37801,
            "acknowledged": True,
            "threshold_minimum_temperature": 8.5,
            "threshold_maximum_temperature": 100,
            "threshold_duration": 1200000,
            "om_start_datetime": "2025-03-04T09:30:01.500000",
            "om_end_datetime": "2025-03-04T10:30:01",
            "om_comment": "Door was open",
        },
    ),
    v5(
        "temperature_log",
        {
            "ID": "temperature-1",
            "temperature": 8.7,
            "sensor_ID": "sensor-1",
            "location_ID": "location-1",
            "store_ID": "store-north",
            "date": "2025-03-04",
            "time": 34201,
            "temperature_breach_ID": "breach-1",
            "om_datetime": "2025-03-04T09:30:01.500000",
        },
    ),
]
