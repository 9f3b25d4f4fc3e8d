"""The site wizard: one question to a page, then a summary, then what the technician needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.forms.boundfield import BoundField
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from msupply.central import active_site, site_wizard
from msupply.central.site_wizard import PlannedStore
from msupply.records.sites import ClientType, InitialisationStatus, Site
from msupply.records.store_moves import OPEN_STATES, StoreMove
from msupply.records.stores import Store, StoreMode
from msupply.web import asked, require
from msupply.web.administration import readiness, wizard_plan
from msupply.web.administration.wizard_plan import Draft, ShownStore
from msupply.web.password_again import asks_password
from msupply.web.screens.forms import ChooserInput
from msupply.web.visit import PageRequest

STORES_SHOWN = 50

QUESTIONS: dict[str, str | Promise] = {
    "kind": gettext_lazy("Which program will run at the site?"),
    "name": gettext_lazy("What is the site called?"),
    "stores": gettext_lazy("Which stores will be active there?"),
    "options": gettext_lazy(
        "What does this server get of each store, and what does the store see?"
    ),
    "role": gettext_lazy("Is it the Open mSupply central server?"),
    "summary": gettext_lazy("Is this right?"),
}


class KindForm(forms.Form):
    """The client type."""

    client_type = forms.ChoiceField(
        label=gettext_lazy("Client type"),
        choices=ClientType.choices,
        widget=forms.RadioSelect({"class": "form-check-input"}),
    )


class NameForm(forms.Form):
    """The name with which the site connects."""

    name = forms.CharField(
        label=gettext_lazy("Site name"),
        max_length=100,
        help_text=gettext_lazy("The technician enters it at the site, as it is written here."),
    )


class StoresForm(forms.Form):
    """One more store: one that exists, or a new one."""

    existing = forms.CharField(
        label=gettext_lazy("A store that exists"), required=False, widget=ChooserInput(Store)
    )
    new_name = forms.CharField(label=gettext_lazy("Name of a new store"), required=False)
    new_code = forms.CharField(label=gettext_lazy("Code of a new store"), required=False)
    new_mode = forms.ChoiceField(
        label=gettext_lazy("Mode of a new store"), choices=StoreMode.choices, required=False
    )


class RoleForm(forms.Form):
    """Whether the site becomes the Open mSupply central server."""

    is_oms_central = forms.BooleanField(
        label=gettext_lazy("Site is Open mSupply central server"),
        required=False,
        help_text=gettext_lazy("One site of the system is. Leave it unticked if you are not sure."),
    )
    url = forms.CharField(
        label=gettext_lazy("This site's URL"),
        required=False,
        help_text=gettext_lazy("The address at which other sites reach it."),
    )


class PasswordForm(forms.Form):
    """The last question: it is not kept while the others are answered."""

    password = forms.CharField(
        label=gettext_lazy("Password of the site"),
        strip=False,
        help_text=gettext_lazy("The technician enters it once. Write it down: nobody can read it."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )


@require_GET
def begin(request: PageRequest) -> HttpResponse:
    """Start with the first question and no answers."""
    require.central_admin(request)
    wizard_plan.forget(request.session)
    return redirect("site-wizard", "kind")


@asks_password
def step(request: PageRequest, name: str) -> HttpResponse:
    """Ask one question; with a good answer go on to the next."""
    require.central_admin(request)
    draft = wizard_plan.load(request.session)
    if name not in draft.steps:
        if name in wizard_plan.STEPS:
            return redirect("site-wizard", draft.after(name))
        raise Http404
    return _ANSWERED[name](request, draft)


def _kind(request: PageRequest, draft: Draft) -> HttpResponse:
    form = KindForm(request.POST or None, initial={"client_type": draft.client_type})
    if request.method == "POST" and form.is_valid():
        draft.client_type = form.cleaned_data["client_type"]
        return _next(request, draft, "kind")
    return _show(request, draft, "kind", form)


def _name(request: PageRequest, draft: Draft) -> HttpResponse:
    form = NameForm(request.POST or None, initial={"name": draft.name})
    if request.method == "POST" and form.is_valid():
        draft.name = form.cleaned_data["name"]
        if _accepts(draft, form, ("name",)):
            return _next(request, draft, "name")
    return _show(request, draft, "name", form)


def _stores(request: PageRequest, draft: Draft) -> HttpResponse:
    form = StoresForm(request.POST or None, initial={"new_mode": StoreMode.DISPENSARY})
    if request.method == "POST" and form.is_valid():
        removed = request.POST.get("remove", "")
        if removed.isdecimal() and int(removed[:6]) < len(draft.stores):
            del draft.stores[int(removed[:6])]
            return _stay(request, draft, "stores")
        more = _chosen(form)
        if more:
            draft.stores.append(more)
            problems = site_wizard.check(connection, draft.plan())
            place = f"stores.{len(draft.stores) - 1}"
            for text in (*problems.get(place, ()), *problems.get("stores", ())):
                form.add_error("existing" if more.store_id else "new_code", text)
            if form.errors:
                del draft.stores[-1]
            elif "next" not in request.POST:
                return _stay(request, draft, "stores")
        if not form.errors and _accepts(draft, form, ("stores",)):
            return _next(request, draft, "stores")
    return _show(request, draft, "stores", form)


def _chosen(form: StoresForm) -> PlannedStore | None:
    values = form.cleaned_data
    if values["existing"]:
        return PlannedStore(store_id=values["existing"])
    if values["new_code"] or values["new_name"]:
        mode = values["new_mode"] or StoreMode.DISPENSARY
        return PlannedStore(code=values["new_code"], name=values["new_name"], mode=mode)
    return None


def _options(request: PageRequest, draft: Draft) -> HttpResponse:
    form = _options_form(request, draft)
    if request.method == "POST":
        shown = _shown(draft)
        draft.stores = [
            wizard_plan.with_options(
                planned,
                request.POST.get(f"central_{place}", ""),
                f"include_{place}" in request.POST or not shown[place].is_dispensary,
                asked.text(request.POST, f"patients_{place}"),
                asked.text(request.POST, f"like_{place}"),
            )
            for place, planned in enumerate(draft.stores)
        ]
        problems = site_wizard.check(connection, draft.plan())
        if not any(key.startswith("stores") for key in problems):
            return _next(request, draft, "options")
        form.add_error(None, _("Please correct what is marked below."))
    return _show(request, draft, "options", form)


def _options_form(request: PageRequest, draft: Draft) -> forms.Form:
    """Return the search fields of each store; its ticks stand in the page alone."""
    form = forms.Form(request.POST or None)
    for place, planned in enumerate(draft.stores):
        form.fields[f"like_{place}"] = forms.CharField(
            label=_("It sees the same as the store"),
            required=False,
            initial=planned.sees_like,
            widget=ChooserInput(Store),
            help_text=_(
                "Its customers, suppliers and items; and the stores that see it will see the new"
                " one."
            ),
        )
        form.fields[f"patients_{place}"] = forms.CharField(
            label=_("It knows the patients of the store"),
            required=False,
            initial=planned.patients_of,
            widget=ChooserInput(Store),
            help_text=_("Leave it empty if it begins without patients."),
        )
    return form


def _role(request: PageRequest, draft: Draft) -> HttpResponse:
    initial = {"is_oms_central": draft.is_oms_central, "url": draft.url}
    form = RoleForm(request.POST or None, initial=initial)
    # An unticked box is sent as nothing at all.
    if request.method == "POST" and form.is_valid():
        draft.is_oms_central = form.cleaned_data["is_oms_central"]
        draft.url = form.cleaned_data["url"]
        if _accepts(draft, form, ("url",)):
            return _next(request, draft, "role")
    return _show(request, draft, "role", form)


def _summary(request: PageRequest, draft: Draft) -> HttpResponse:
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        plan = draft.plan(form.cleaned_data["password"])
        try:
            site = site_wizard.create(connection, plan, request.visit.user)
        except ValidationError as error:
            _add_problems(form, error)
        else:
            wizard_plan.forget(request.session)
            text = _("The site “%(name)s” can now connect.")
            messages.success(request, text % {"name": site.name})
            return redirect("site-ready", site.pk)
    return _show(request, draft, "summary", form)


_ANSWERED: dict[str, Callable[[PageRequest, Draft], HttpResponse]] = {
    "kind": _kind,
    "name": _name,
    "stores": _stores,
    "options": _options,
    "role": _role,
    "summary": _summary,
}


def _add_problems(form: forms.Form, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, texts in error.message_dict.items():
        form.add_error(name if name in form.fields else None, list(texts))


def _accepts(draft: Draft, form: forms.Form, fields: tuple[str, ...]) -> bool:
    """Ask the service about this question's fields; what it refuses is shown there."""
    problems = site_wizard.check(connection, draft.plan())
    for name in fields:
        for text in problems.get(name, ()):
            form.add_error(name if name in form.fields else None, text)
    return not form.errors


def _next(request: PageRequest, draft: Draft, name: str) -> HttpResponse:
    draft.save(request.session)
    return redirect("site-wizard", draft.after(name))


def _stay(request: PageRequest, draft: Draft, name: str) -> HttpResponse:
    draft.save(request.session)
    return redirect("site-wizard", name)


def _show(request: PageRequest, draft: Draft, name: str, form: forms.Form) -> HttpResponse:
    steps = draft.steps
    before = draft.before(name)
    shown = _shown(draft, with_errors=form.is_bound)
    context = {
        "form": form,
        "step": name,
        "question": QUESTIONS[name],
        "number": steps.index(name) + 1,
        "of": len(steps),
        "percent": (steps.index(name) + 1) * 100 // len(steps),
        "back": reverse("site-wizard", args=[before]) if before else reverse("sites"),
        "draft": draft,
        "client": dict(ClientType.choices).get(draft.client_type, ""),
        "shown_stores": shown,
        "optional": _with_choosers(form, shown) if name == "options" else [],
        "template": f"administration/wizard_{name}.html",
    }
    status = 422 if form.errors else 200
    return render(request, "administration/wizard.html", context, status=status)


def _with_choosers(
    form: forms.Form, shown: list[ShownStore]
) -> list[tuple[ShownStore, BoundField, BoundField]]:
    return [
        (store, form[f"like_{place}"], form[f"patients_{place}"])
        for place, store in enumerate(shown)
    ]


def _shown(draft: Draft, *, with_errors: bool = False) -> list[ShownStore]:
    ids = {name for planned in draft.stores for name in (planned.store_id, planned.sees_like)}
    stores = Store.objects.select_related("name").in_bulk(ids)
    problems = site_wizard.check(connection, draft.plan()) if with_errors else {}
    return [
        ShownStore(
            planned,
            store,
            store is not None and not active_site.is_unused(connection, store.site_id),
            tuple(problems.get(f"stores.{place}", ())),
            stores.get(planned.sees_like),
        )
        for place, planned in enumerate(draft.stores)
        for store in [stores.get(planned.store_id)]
    ]


@dataclass(frozen=True)
class _Coming:
    """A store that is on its way to the new site."""

    store_id: str
    name: str


@require_GET
def ready(request: PageRequest, site_id: str) -> HttpResponse:
    """Show what the technician needs to initialise a site, and does next."""
    require.central_admin(request)
    site = get_object_or_404(Site, pk=site_id)
    summary = site_wizard.summary(connection, site)
    moves = StoreMove.objects.filter(to_site=site.site_id, state__in=OPEN_STATES)
    stores = Store.objects.select_related("name")
    coming = stores.filter(pk__in=moves.values("store_id"))
    own = stores.filter(site_id=site.site_id, is_disabled=False)
    context: dict[str, Any] = {
        "site": site,
        "summary": summary,
        "qr": mark_safe(summary.qr_svg()),  # noqa: S308 - drawn by segno
        "lacking": readiness.of_stores(own.order_by("code")[:STORES_SHOWN]),
        "is_initialised": site.initialisation_status == InitialisationStatus.COMPLETED,
        "coming": [_Coming(store.pk, store.name.name) for store in coming],
        "is_open_msupply": site.client_type == ClientType.OPEN_MSUPPLY,
        "is_mobile": site.client_type == ClientType.MOBILE,
    }
    return render(request, "administration/site_ready.html", context)


@require_GET
def ready_text(request: PageRequest, site_id: str) -> HttpResponse:
    """Return the same as plain text, to print or to send."""
    require.central_admin(request)
    site = get_object_or_404(Site, pk=site_id)
    text = site_wizard.summary(connection, site).text()
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="site-{site.site_id}.txt"'
    return answer
