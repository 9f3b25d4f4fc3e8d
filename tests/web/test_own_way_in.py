"""Administrators do not take from themselves the right with which they do it, by whatever page."""

import pytest

from msupply.records.users import User, UserPermission, UserStore
from tests.web.sent_forms import sent
from tests.web.test_screens_tables import send


def own(admin, model, **more):
    return model.objects.get(user=admin.user, store="store-central", **more).pk


@pytest.fixture(params=["permission", "store"])
def address(request, admin):
    """The page that deletes an administrator's own right, or own store."""
    if request.param == "permission":
        mine = own(admin, UserPermission, permission="SERVER_ADMIN")
        return f"/list/userpermission/delete/{mine}"
    return f"/list/userstore/delete/{own(admin, UserStore)}"


def test_they_do_not_delete_it(admin, address):
    answer = admin.post(address)
    assert answer.status_code == 422
    assert "you would lose the administration" in answer.text
    assert admin.get("/sites").status_code == 200


def test_they_do_not_put_themselves_out_of_use(admin):
    address = f"/list/users/edit/{admin.user.pk}"
    form = sent(admin.get(address), "username")
    del form["is_active"]
    answer = admin.post(address, form)
    assert answer.status_code == 422
    assert "you would lose the administration" in answer.text
    assert User.objects.get(pk=admin.user.pk).is_active


def test_another_right_of_theirs_can_be_deleted(admin):
    mine = own(admin, UserPermission, permission="REPORT")
    assert admin.post(f"/list/userpermission/delete/{mine}").status_code == 302


def test_they_do_not_put_themselves_out_of_use_by_an_import(admin):
    answer = send(admin, "users", f"id,Active\n{admin.user.pk},No\n", "users.csv")
    done = admin.post(answer.url + "/now", {"rows": "all"})
    assert done.status_code == 422
    assert "you would lose the administration" in done.text
    assert User.objects.get(pk=admin.user.pk).is_active
