"""The people of one activity beside those who book on their phones: groups, the queue, who came as they were, heads counted."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from appointments.activities.finding import HOSTS, chosen_resident, find_activity
from community_portal import clock
from community_portal.bookings import actions
from community_portal.bookings.models import Booking, Session, Waiting
from community_portal.captured import done_at
from community_portal.people.once import once
from community_portal.people.phones import read_phone
from community_portal.refusals import Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import seen_version
from community_portal.web.pages import done, refused
from community_portal.web.paging import is_row_number

Deed = Callable[[StaffRequest, Session, dict[str, Any]], Any]


class GroupForm(forms.Form):
    """A company or a class, whole."""

    name = forms.CharField(
        label=_("哪家单位、哪个班"), max_length=60, error_messages={"required": _("请写哪家单位或哪个班。")}
    )
    party_size = forms.IntegerField(
        label=_("几个人"), min_value=1, max_value=2000, error_messages={"required": _("请填人数。")}
    )
    phone = forms.CharField(label=_("联系电话"), max_length=20, required=False, help_text=_("填了会发短信确认和提醒"))

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].strip()
        try:
            return read_phone(phone) if phone else ""
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence, code=refusal.code) from refusal


@for_staff(*HOSTS)
@require_POST
@once
def note_people(request: StaffRequest, pk: int, deed: str) -> HttpResponse:
    """One of the deeds below."""
    session = find_activity(request, pk)
    act = DEEDS.get(deed)
    if act is None:
        raise Http404
    try:
        sentence = act(request, session, {"by": request.user, "at": done_at(clock.now())})
    except Refusal as refusal:
        return refused(request, refusal, back=reverse("activity", args=[pk]))
    return done(request, sentence, "activity", pk)


def _number(request: StaffRequest, name: str) -> int:
    """A number as it was typed; -1 for what is none, which every deed refuses with its own words."""
    typed = request.POST.get(name, "").strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 8 else -1


def _group(request: StaffRequest, session: Session, common: dict[str, Any]) -> Any:
    form = GroupForm(request.POST)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise Refusal(errors[0], code="unreadable", field=field)
    data = form.cleaned_data
    about = {"session": session, "name": data["name"], "phone": data["phone"], "party_size": data["party_size"]}
    if request.POST.get("queue"):
        actions.group_waits(**about, **common)
        return _("名额不够，已排上队。有名额会整个补上，并发短信。")
    actions.book_group(**about, **common)
    return _("已替%(who)s报名。") % {"who": data["name"]}


def _group_came(request: StaffRequest, session: Session, common: dict[str, Any]) -> Any:
    booking = get_object_or_404(_booking(request, session), state="booked")
    actions.group_came(booking=booking, came=_number(request, "came"), seen=seen_version(request), **common)
    return _("%(who)s到了，%(n)s 人。") % {"who": booking.who, "n": _number(request, "came")}


def _came(request: StaffRequest, session: Session, common: dict[str, Any]) -> Any:
    booking = get_object_or_404(_booking(request, session))
    actions.check_in(booking=booking, seen=seen_version(request), **common)
    return _("%(who)s到了，%(n)s 人。") % {"who": booking.who, "n": booking.party_size}


def _walk_in(request: StaffRequest, session: Session, common: dict[str, Any]) -> Any:
    count = _number(request, "count")
    actions.walk_in(
        session=session, count=count, name=request.POST.get("name", "")[:60], why=request.POST.get("why", "")[:200],
        **common,
    )  # fmt: skip
    return _("现场来的 %(n)s 人，记上了。") % {"n": count}


def _undo_walk_in(request: StaffRequest, session: Session, common: dict[str, Any]) -> Any:
    actions.undo_walk_in(booking=get_object_or_404(_booking(request, session)), **common)
    return _("已撤回。")


def _heads(request: StaffRequest, session: Session, common: dict[str, Any]) -> Any:
    actions.count_heads(session=session, heads=_number(request, "heads"), **common)
    return _("点到 %(n)s 人，记上了。") % {"n": _number(request, "heads")}


def _wait(request: StaffRequest, session: Session, common: dict[str, Any]) -> Any:
    resident = chosen_resident(request)
    actions.wait_for_place(session=session, resident=resident, **common)
    return _("已替%(who)s排队，有名额会自动补上。") % {"who": resident}


def _leave(request: StaffRequest, session: Session, common: dict[str, Any]) -> Any:
    key = request.POST.get("waiting", "")
    rows = Waiting.objects.filter(session=session).select_related("resident", "session")
    waiting = get_object_or_404(rows, pk=int(key) if is_row_number(key) else 0)
    actions.leave_queue(waiting=waiting, **common)
    return _("已不再排队。")


def _booking(request: StaffRequest, session: Session) -> Any:
    key = request.POST.get("booking", "")
    rows = Booking.objects.filter(session=session, pk=int(key) if is_row_number(key) else 0)
    return rows.select_related("session", "resident", "community")


DEEDS: dict[str, Deed] = {
    "group": _group,
    "group-came": _group_came,
    "came": _came,
    "walk-in": _walk_in,
    "undo-walk-in": _undo_walk_in,
    "heads": _heads,
    "wait": _wait,
    "leave": _leave,
}
