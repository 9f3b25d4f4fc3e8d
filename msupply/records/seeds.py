"""Ids that every installation of Open mSupply is born with (sync-v6.md 16.1-16.3, 16.6).

A catalogue that is imported must use these for the same names, or sites would hold them twice.
"""

# Ids by name.
ASSET_CLASSES = {
    "Cold chain equipment": "fad280b6-8384-41af-84cf-c7b6b4526ef0",
}

# Ids by class and name.
ASSET_CATEGORIES = {
    ("Cold chain equipment", "Insulated containers"): "b7eea921-5a14-44cc-b5e0-ea59f2e9cb8d",
    ("Cold chain equipment", "Refrigerators and freezers"): "02cbea92-d5bf-4832-863b-c04e093a7760",
    (
        "Cold chain equipment",
        "Cold rooms and freezer rooms",
    ): "7db32eb6-5929-4dd1-a5e9-01e36baa73ad",
}

# Ids by category and name.
ASSET_TYPES = {
    ("Insulated containers", "Cold box - long range"): "99906787-bd32-4ec2-bd2d-ba5547622bb0",
    ("Insulated containers", "Cold box - short range"): "bbab79fe-8112-4f90-aabc-726f88a15410",
    (
        "Refrigerators and freezers",
        "Combined ice-lined refrigerator / freezer",
    ): "c9017d0b-ce3c-40f1-9986-e4afe0185ddd",
    (
        "Refrigerators and freezers",
        "Combined refrigerator / freezer",
    ): "0e58c7e6-e603-4513-a088-79fe9f08e22f",
    ("Refrigerators and freezers", "Freezer"): "710194ce-8c6c-47ab-b7fe-13ba8cf091f6",
    ("Refrigerators and freezers", "Ultralow freezer"): "05d9a49a-4d94-4e00-9728-2549ad323544",
    (
        "Refrigerators and freezers",
        "Ice-lined refrigerator",
    ): "4d7302b8-e47b-42fd-ac5e-4645376aa349",
    (
        "Insulated containers",
        "Long-term passive storage device",
    ): "f2f2756e-0c15-49fd-bb01-3f45886e4870",
    ("Refrigerators and freezers", "Refrigerator"): "fd79171f-5da8-4801-b299-9426f34310a8",
    (
        "Refrigerators and freezers",
        "Solar direct drive combined refrigerator / freezer",
    ): "8b32f63b-28ac-4c31-94dc-55ddb5aa131a",
    (
        "Refrigerators and freezers",
        "Solar direct drive freezer",
    ): "525b614e-f9f5-4866-9553-24bad2b7b826",
    (
        "Refrigerators and freezers",
        "Solar direct drive refrigerator",
    ): "d4434727-dc35-437d-a5fa-739a491381b7",
    ("Refrigerators and freezers", "Vaccine carrier"): "0b7ac91d-6cfa-49bb-bac2-35e7cb31564b",
    (
        "Insulated containers",
        "Vaccine carrier - freeze-free",
    ): "ad3405e1-ef3f-4159-b693-0e7d5fa6a814",
    ("Cold rooms and freezer rooms", "Cold room"): "9a4ad0dd-138a-41b2-81df-08772635085e",
    ("Cold rooms and freezer rooms", "Freezer room"): "6d49edfd-a12b-43c8-99fb-3300d67e0192",
}

# Ids by status and reason.
ASSET_LOG_REASONS = {
    ("NOT_IN_USE", "Awaiting installation"): "020a3b04-4a29-46ca-9afd-140edcc15b7c",
    ("NOT_IN_USE", "Stored"): "44f648e9-2ff1-4010-be84-6bb6befce2d7",
    ("NOT_IN_USE", "Offsite for repairs"): "772231c3-d715-4a80-868b-57afb58f7e89",
    ("NOT_IN_USE", "Awaiting decommissioning"): "6c79d05f-ebd0-4a1d-9d7e-fcea52fb24e4",
    ("FUNCTIONING_BUT_NEEDS_ATTENTION", "Needs servicing"): "325c1a24-97eb-4597-885d-253a52430125",
    ("NOT_IN_USE", "Multiple temperature breaches"): "2f734462-c76d-4b08-b8d2-40b250538d46",
    ("NOT_IN_USE", "Unknown"): "d37a8d80-aaa7-4585-a1fc-0c69f7770129",
    ("NOT_FUNCTIONING", "Needs spare parts"): "b4ae8758-27d8-440c-8f23-08d5423748e8",
    ("NOT_FUNCTIONING", "Lack of power"): "290ed6c8-20ef-469d-bf6c-dd944ae24e8f",
}
