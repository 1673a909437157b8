"""The bodies of a street, and whom one asks for there."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.models import RUNS, Body, Organisation
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.people.staff.bodies import add_contact, end_contact, save_body
from community_portal.places.models import Street
from community_portal.refusals import NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused
from community_portal.web.paging import is_row_number


class BodyForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=80, error_messages={"required": _("请写单位名称。")})
    kind = forms.ChoiceField(label=_("类型"), choices=Body.choices)
    phone = forms.CharField(label=_("总机"), max_length=20, required=False)


class ContactForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=40, error_messages={"required": _("请写姓名。")})
    post = forms.CharField(label=_("职务"), max_length=40, required=False)
    phone = forms.CharField(label=_("电话"), max_length=20, error_messages={"required": _("请填电话。")})


def _street_of(request: StaffRequest) -> Street:
    house = house_of(request)
    if house is None:
        raise Http404
    return house.street


def _bodies(street: Street) -> Any:
    rows = Organisation.objects.working_in(street).filter(kind__in=Body.values).distinct()
    return rows.prefetch_related("contacts").order_by("name")


@for_staff(*RUNS)
@once
def settings_bodies(request: StaffRequest) -> HttpResponse:
    """All of the street, and one more."""
    street = _street_of(request)
    form = BodyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = save_body(street, by=request.user, **form.cleaned_data)
            return done(request, _("已登记，接着加联系人。"), "body", made.pk)
        except NotAllowed as refusal:
            return refused(request, refusal, back=reverse("settings_bodies"))
        except Refusal as refusal:
            beside(form, refusal)
    context = {"rows": _bodies(street), "form": form, "street": street}
    return answer_form(request, "people/settings_bodies.html", context, form)


@for_staff(*RUNS)
@once
def body(request: StaffRequest, pk: int) -> HttpResponse:
    """One with its contacts: a new one, or (``end``) one who is there no more."""
    street = _street_of(request)
    found = get_object_or_404(_bodies(street), pk=pk)
    form = ContactForm(request.POST if "end" not in request.POST else None) if request.POST else ContactForm()
    try:
        if "end" in request.POST:
            key = request.POST["end"]
            contact = get_object_or_404(found.contacts, pk=int(key) if is_row_number(key) else None)
            end_contact(contact, street, by=request.user, at=clock.now())
            return done(request, _("已记下，不再联系他（她）。"), "body", pk)
        if request.method == "POST" and form.is_valid():
            add_contact(found, street, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("已加上。"), "body", pk)
    except NotAllowed as refusal:
        return refused(request, refusal, back=reverse("settings_bodies"))
    except Refusal as refusal:
        beside(form, refusal)
    context = {"body": found, "contacts": found.contacts.filter(until__isnull=True), "form": form}
    return answer_form(request, "people/body.html", context, form)
