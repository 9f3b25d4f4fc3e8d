"""Examples: a vaccine course and a vaccination."""

from tests.examples import v6

EXAMPLES = [
    v6(
        "vaccine_course",
        {
            "id": "course-1",
            "name": "Measles",
            "program_id": "list-epi",
            "demographic_id": "demographic-u1",
            "coverage_rate": 95.5,
            "is_active": True,
            "wastage_rate": 10,
            "deleted_datetime": "2025-12-01T00:00:00",
            "can_skip_dose": True,
        },
    ),
    v6(
        "vaccine_course_dose",
        {
            "id": "dose-1",
            "vaccine_course_id": "course-1",
            "label": "MR 1",
            "min_age": 9,
            "max_age": 12.5,
            "custom_age_label": "9 months",
            "min_interval_days": 28,
            "deleted_datetime": "2025-12-01T00:00:00",
        },
    ),
    v6(
        "vaccine_course_item",
        {
            "id": "course-item-1",
            "vaccine_course_id": "course-1",
            "item_link_id": "item-mr",
            "deleted_datetime": "2025-12-01T00:00:00",
        },
    ),
    v6(
        "vaccine_course_store_config",
        {
            "id": "course-store-1",
            "vaccine_course_id": "course-1",
            "store_id": "store-north",
            "wastage_rate": 15,
            "coverage_rate": 88.5,
        },
    ),
    v6(
        "vaccination",
        {
            "id": "vaccination-1",
            "store_id": "store-north",
            "given_store_id": "store-south",
            "program_enrolment_id": "enrolment-5",
            "encounter_id": "encounter-9",
            "user_id": "user-maria",
            "vaccine_course_dose_id": "dose-1",
            "created_datetime": "2025-07-01T02:10:00",
            "facility_free_text": "At school",
            "invoice_id": "invoice-1",
            "stock_line_id": "stock-1",
            "item_link_id": "item-mr",
            "clinician_link_id": "clinician-1",
            "vaccination_date": "2025-07-01",
            "given": True,
            "not_given_reason": "None",
            "comment": "Cried",
            "patient_id": "patient-1",
            "facility_name_id": "name-north",
        },
    ),
]
