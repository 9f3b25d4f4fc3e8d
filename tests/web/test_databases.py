"""The screens' questions to the database, on both kinds of database."""

from django.urls import reverse

from msupply.sync.declare.registry import registry
from msupply.web.screens import screen as screens
from tests.conftest import read_only
from tests.web.conftest import ALL, log_in, make_central, take_examples


def test_every_list_search_and_record_works(connection):
    take_examples()
    make_central()
    admin = log_in("ada", "store-central", *ALL)
    for kind in registry().types:
        screen = screens.of_type(kind)
        asked = {"q": "a 1", "sort": f"-{screen.columns[0]}"}
        for column in screen.fields:
            asked |= {f"f.{column.name}": "1", f"from.{column.name}": "2020-01-01"}
        assert admin.get(screen.url).status_code == 200
        assert admin.get(screen.url, asked).status_code == 200
        assert admin.get(reverse("choose", args=[kind.name]), {"q": "a"}).status_code == 200
        record = kind.model.objects.first()
        if record is not None:
            address = reverse("detail", args=[kind.name, record.pk])
            assert admin.get(address).status_code == 200
    for page in ("/", "/sites", "/stores", "/equipment", "/catalogue", "/synchronisation"):
        assert admin.get(page).status_code == 200


def test_a_user_is_found_by_language(connection):
    take_examples()
    make_central()
    admin = log_in("ada", "store-central", *ALL)
    shown = admin.get("/list/users/", {"f.language": "5"}).context["page"].object_list
    assert [user.username for user in shown] == ["maria"]


def test_a_database_that_is_read_only_is_told_in_plain_words_and_one_line(connection, caplog):
    take_examples()
    make_central()
    admin = log_in("ada", "store-central", *ALL)
    filled = dict.fromkeys(admin.get("/list/unit/new").context["form"].fields, "7")
    with read_only(connection):
        answers = [
            admin.post("/list/unit/new", filled, headers=headers)
            for headers in ({}, {"HX-Request": "true"})
        ]
    for answer in answers:
        assert answer.status_code == 503
        assert "The database cannot be used just now" in answer.text
    lines = [r for r in caplog.records if r.name == "msupply.web.access"]
    assert len(lines) == len(answers)
    assert not [r for r in lines if r.exc_info]
