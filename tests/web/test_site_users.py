"""A user is created at a site, and works there at once."""

from django.db import connection

from msupply.records.new_users import NewUser
from msupply.records.users import User, UserPermission
from msupply.services.log_in import log_in as log_in_service
from tests.web.conftest import log_in

FORM = {"username": "bintu", "password": "correct horse", "roles": ["viewer"]}


def test_a_user_of_the_site_is_created_in_the_list_of_users(nurse):
    assert 'href="/users/new"' in nurse.get("/list/users/").text
    page = nurse.post("/users/new", FORM, follow=True)
    assert "can log in here now" in page.text
    user = User.objects.get(username="bintu")
    held = UserPermission.objects.filter(user=user)
    assert set(held.values_list("store_id", flat=True)) == {"store-north"}
    assert "REPORT" in held.values_list("permission", flat=True)
    assert NewUser.objects.filter(user=user).exists()
    assert log_in_service(connection, "bintu", FORM["password"], "10.0.0.1")


def test_roles_with_more_than_the_creator_has_are_not_offered(remote):
    helper = log_in("bo", "store-north", "SERVER_ADMIN", "STORE_ACCESS")
    page = helper.get("/users/new").text
    assert 'value="site_technician"' in page
    assert 'value="administrator"' not in page
    assert helper.post("/users/new", FORM | {"roles": ["administrator"]}).status_code == 422


def test_a_user_without_the_right_creates_none(remote):
    client = log_in("bo", "store-north", "STOCK_LINE_QUERY")
    assert client.get("/users/new").status_code == 403
    assert client.post("/users/new", FORM).status_code == 403
    assert not User.objects.filter(username="bintu").exists()


def test_a_taken_name_is_told_at_its_field(nurse):
    nurse.post("/users/new", FORM)
    answer = nurse.post("/users/new", FORM)
    assert answer.status_code == 422
    assert "username" in answer.context["form"].errors
