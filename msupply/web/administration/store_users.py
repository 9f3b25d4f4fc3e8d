"""A store's Users tab: who may work there; what each may do is set on the user's own page."""

from django import forms
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from msupply.records.stores import Store
from msupply.records.users import User, UserPermission, UserStore
from msupply.web import asked, require
from msupply.web.administration import frame
from msupply.web.screens.forms import ChooserInput
from msupply.web.users import rights_page
from msupply.web.visit import PageRequest

SHOWN = 50


class _Chooser(forms.Form):
    """Who is to get access."""

    user = forms.CharField(max_length=100, widget=ChooserInput(User))

    def __init__(self) -> None:
        super().__init__()
        self.fields["user"].label = _("User")
        self.fields["user"].widget.attrs["placeholder"] = _("Add: %(what)s …") % {"what": _("User")}


@require_GET
def tab(request: PageRequest, store_id: str) -> HttpResponse:
    """Show the users of a store; a user that is chosen leads to what that user may do there."""
    require.central_admin(request)
    store = get_object_or_404(Store.objects.select_related("name"), pk=store_id)
    chosen = asked.text(request.GET, "user")
    if chosen:
        user = get_object_or_404(User, pk=chosen)
        return redirect(rights_page(user, store.pk))
    joins = UserStore.objects.filter(store=store).select_related("user")
    found = asked.page(request, joins.order_by("user__username", "pk"), SHOWN)
    context = frame.of_store(request, store, "store-users") | asked.turning(found)
    context |= {
        "users": _with_counts(store, [join.user for join in found.object_list]),
        "chooser": _Chooser(),
    }
    return render(request, "administration/store_users.html", context)


def _with_counts(store: Store, users: list[User]) -> list[tuple[User, int]]:
    """Return each user with the number of permissions in the store."""
    held = UserPermission.objects.filter(store=store, user__in=users).values("user_id")
    counts = dict(held.annotate(n=Count("pk")).values_list("user_id", "n"))
    return [(user, counts.get(user.pk, 0)) for user in users]
