"""The hall itself: its name, address and telephone, and its rooms."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings.actions import save_room
from community_portal.people.models import RUNS
from community_portal.people.once import once
from community_portal.people.phones import half_width, read_phone
from community_portal.people.shell import house_of
from community_portal.places.actions import hall_of, set_hall
from community_portal.places.models import Room
from community_portal.refusals import Changed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.editions import edition_of
from community_portal.web.forms import answer_form, beside
from community_portal.web.inputs import ReadableField
from community_portal.web.pages import done, refused, render_page


class HallForm(forms.Form):
    name = ReadableField(label=_("社区名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名称"), max_length=80, required=False)
    address = forms.CharField(label=_("地址"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("值班电话"), max_length=20, help_text=_("每一页、每条短信都让居民打这个电话，要有人接。")
    )

    def clean_phone(self) -> str:
        """As they write it, if it is one that can be rung."""
        phone = half_width(self.cleaned_data["phone"]).strip()
        try:
            read_phone(phone)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence, code=refusal.code) from refusal
        return phone


class RoomForm(forms.ModelForm):
    name = ReadableField(label=_("名称"), max_length=60)

    class Meta:
        model = Room
        fields = ["name", "name_en", "capacity", "is_active"]


@for_staff(*RUNS)
@once
def settings_hall(request: StaffRequest) -> HttpResponse:
    """How the house is called, where it is, who answers the telephone; and its rooms."""
    community: Any = house_of(request)
    form = HallForm(request.POST or None, initial=hall_of(community))
    if request.method == "POST" and form.is_valid():
        try:
            set_hall(community, by=request.user, seen=request.POST.get("seen"), **form.cleaned_data)
            return done(request, _("已保存。"), "settings_hall")
        except Changed as changed:
            return refused(request, changed, back=reverse("settings_hall"))
    context = {
        "form": form,
        "seen": request.POST.get("seen") or edition_of(hall_of(community)),
        "rooms": Room.objects.filter(community=community).order_by("-is_active", "name"),
        "community": community,
    }
    return answer_form(request, "appointments/settings_hall.html", context, form)


@for_staff(*RUNS)
@once
def edit_room(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A room: its names, how many it holds, and whether it is in use."""
    community: Any = house_of(request)
    room = get_object_or_404(Room, pk=pk, community=community) if pk else Room(community=community)
    title, seen = str(room) if pk else _("加一个房间"), request.POST.get("seen") or (edition_of(room) if pk else None)
    form = RoomForm(request.POST or None, instance=room)
    if request.method == "POST" and form.is_valid():
        try:
            save_room(form.save(commit=False), by=request.user, at=clock.now(), seen=seen)
            return done(request, _("已保存。"), "settings_hall")
        except Changed as changed:
            return refused(request, changed, back=reverse("settings_hall"))
        except Refusal as refusal:
            beside(form, refusal)
    context = {"form": form, "title": title, "crumb": _("会客厅和房间"), "back": reverse("settings_hall"), "seen": seen}
    return render_page(request, "appointments/settings_form.html", context, status=422 if form.errors else 200)
