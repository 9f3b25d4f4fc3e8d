"""Examples: an insurance provider and a policy."""

from tests.examples import v5

EXAMPLES = [
    v5(
        "insuranceProvider",
        {
            "ID": "provider-1",
            "providerName": "National Health Fund",
            "isActive": True,
            "prescriptionValidityDays": 30,
            "comment": "Pays monthly",
        },
    ),
    v5(
        "nameInsuranceJoin",
        {
            "ID": "insurance-1",
            "nameID": "patient-1",
            "insuranceProviderID": "provider-1",
            "discountRate": 12.5,
            "enteredByID": "user-maria",
            "expiryDate": "2027-01-31",
            "isActive": True,
            "policyNumberFamily": "F-88",
            "policyNumberPerson": "P-2",
            "policyNumberFull": "F-88-P-2",
            "type": "business",
            "oms_fields": {"name_of_insured": "Obi Okafor"},
        },
    ),
]
