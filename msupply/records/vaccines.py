"""Vaccine courses, their doses and items, and the vaccinations given."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.quirks import vaccines as quirks
from msupply.records.values import boolean, null_text, zoned
from msupply.sync.declare import (
    BOOL,
    Central,
    Field,
    Legacy,
    Modern,
    Patient,
    Permissions,
    Record,
    Ref,
    SoftRef,
    date,
)


class VaccineCourse(Record):
    """A course of vaccinations in an immunisation programme."""

    name = models.TextField()
    program = Ref("records.MasterList", verbose_name=_("programme"))
    # Unknown on an mSupply central server to which another server reports the course.
    demographic = SoftRef("records.Demographic", verbose_name=_("population group"))
    coverage_rate = models.FloatField(_("coverage, percent"), default=100)
    wastage_rate = models.FloatField(_("wastage, percent"), default=0)
    use_in_gaps_calculations = models.BooleanField(_("used in GAPS"), default=True)
    can_skip_dose = models.BooleanField(_("doses may be skipped"), default=False)
    deleted_datetime = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    number = 150
    data_types = (20,)
    sync = Central()
    modern = Modern(
        "vaccine_course",
        renamed={"is_active": "use_in_gaps_calculations"},
        # Senders before 2.12 do not know the key.
        fields={"can_skip_dose": boolean("can_skip_dose")},
    )
    legacy = Legacy(
        "om_vaccine_course",
        {
            "ID": "id",
            "name": "name",
            "program_id": "program_id",
            "coverage_rate": "coverage_rate",
            "wastage_rate": "wastage_rate",
            "deleted_datetime": zoned("deleted_datetime"),
            "demographic_id": null_text("demographic_id"),
        },
        quirk_keys={"is_active": Field(None, BOOL)},
        encode=quirks.encode_course,
        reported=True,
    )

    class Meta:
        db_table = "vaccine_course"
        verbose_name = _("vaccine course")
        verbose_name_plural = _("vaccine courses")


class VaccineCourseDose(Record):
    """One dose of a course; ages are months."""

    vaccine_course = Ref("records.VaccineCourse", db_index=True, verbose_name=_("course"))
    label = models.TextField()
    min_age = models.FloatField(_("from age, months"), default=0)
    max_age = models.FloatField(_("to age, months"), default=0)
    custom_age_label = models.TextField(_("age label"), null=True, blank=True)
    min_interval_days = models.IntegerField(_("shortest interval, days"), default=0)
    deleted_datetime = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    number = 151
    data_types = (20,)
    sync = Central()
    modern = Modern("vaccine_course_dose")
    legacy = Legacy(
        "om_vaccine_course_dose",
        {
            "ID": "id",
            "vaccine_course_ID": "vaccine_course_id",
            "label": "label",
            "min_interval_days": "min_interval_days",
            "min_age": "min_age",
            "max_age": "max_age",
            "deleted_datetime": zoned("deleted_datetime"),
            "custom_age_label": null_text("custom_age_label"),
        },
        reported=True,
    )

    class Meta:
        db_table = "vaccine_course_dose"
        verbose_name = _("dose")
        verbose_name_plural = _("doses")


class VaccineCourseItem(Record):
    """An item that a course may use."""

    vaccine_course = Ref("records.VaccineCourse", db_index=True, verbose_name=_("course"))
    item = Ref("records.Item", verbose_name=_("item"))
    deleted_datetime = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    number = 152
    data_types = (20,)
    sync = Central()
    modern = Modern("vaccine_course_item", renamed={"item_link_id": "item_id"})
    legacy = Legacy(
        "om_vaccine_course_item",
        {
            "ID": "id",
            "vaccine_course_ID": "vaccine_course_id",
            "item_ID": "item_id",
            "deleted_datetime": zoned("deleted_datetime"),
        },
        reported=True,
    )

    class Meta:
        db_table = "vaccine_course_item"
        verbose_name = _("item of a course")
        verbose_name_plural = _("items of courses")


class VaccineCourseStoreConfig(Record):
    """Rates of a course that differ in one store; blank means as in the course."""

    vaccine_course = Ref("records.VaccineCourse", db_index=True, verbose_name=_("course"))
    store = Ref("records.Store", verbose_name=_("store"))
    wastage_rate = models.FloatField(_("wastage, percent"), null=True, blank=True)
    coverage_rate = models.FloatField(_("coverage, percent"), null=True, blank=True)

    number = 153
    data_types = (20,)
    sync = Central()
    modern = Modern("vaccine_course_store_config")

    class Meta:
        db_table = "vaccine_course_store_config"
        verbose_name = _("rates of a store")
        verbose_name_plural = _("rates of stores")


class Vaccination(Record):
    """A dose given to a patient, or not given."""

    store = SoftRef("records.Store", null=False, verbose_name=_("store"))
    given_store = SoftRef("records.Store", verbose_name=_("given in store"))
    program_enrolment = SoftRef("records.ProgramEnrolment", null=False, verbose_name=_("enrolment"))
    encounter = SoftRef("records.Encounter", null=False, verbose_name=_("encounter"))
    user = SoftRef("records.User", null=False, verbose_name=_("user"))
    patient = Ref("records.Name", db_index=True, verbose_name=_("patient"))
    vaccine_course_dose = Ref("records.VaccineCourseDose", verbose_name=_("dose"))
    created_datetime = models.DateTimeField(_("entered at"), editable=False)
    facility_name = SoftRef("records.Name", verbose_name=_("facility"))
    facility_free_text = models.TextField(_("other facility"), null=True, blank=True)
    invoice = SoftRef("records.Invoice", verbose_name=_("prescription"))
    stock_line = SoftRef("records.StockLine", verbose_name=_("stock line"))
    item = SoftRef("records.Item", verbose_name=_("item"))
    clinician = SoftRef("records.Clinician", verbose_name=_("vaccinator"))
    vaccination_date = models.DateField(_("date"))
    given = models.BooleanField(default=True)
    not_given_reason = models.TextField(_("reason when not given"), null=True, blank=True)
    comment = models.TextField(null=True, blank=True)

    number = 154
    data_types = (30,)
    sync = Patient(visible="patient_id")
    permissions = Permissions(view="PATIENT_QUERY", edit="PATIENT_MUTATE")
    modern = Modern(
        "vaccination",
        renamed={"item_link_id": "item_id", "clinician_link_id": "clinician_id"},
        # Keys of senders before 2.17.
        aliases={
            "patient_link_id": "patient_id",
            "facility_name_link_id": "facility_name_id",
        },
    )
    legacy = Legacy(
        "om_vaccination",
        {
            "ID": "id",
            "created_datetime": zoned("created_datetime"),
            "user_ID": "user_id",
            "vaccine_course_dose_ID": "vaccine_course_dose_id",
            "store_ID": "store_id",
            "prescriber_ID": null_text("clinician_id"),
            "transact_ID": null_text("invoice_id"),
            "item_line_ID": null_text("stock_line_id"),
            "vaccination_date": date("vaccination_date"),
            "given": "given",
            "not_given_reason": null_text("not_given_reason"),
            "comment": null_text("comment"),
            "name_ID": "patient_id",
            "facility_ID": null_text("facility_name_id"),
            "item_ID": null_text("item_id"),
            "encounter_ID": null_text("encounter_id"),
            "program_enrolment_ID": null_text("program_enrolment_id"),
            "given_store_ID": null_text("given_store_id"),
        },
        reported=True,
    )

    class Meta:
        db_table = "vaccination"
        verbose_name = _("vaccination")
        verbose_name_plural = _("vaccinations")
