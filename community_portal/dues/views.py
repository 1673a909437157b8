"""What comes due: as a list and as a month; ticking off, waiving."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.dues.actions import tick_off, waive
from community_portal.dues.forms import TickForm
from community_portal.dues.models import DueItem
from community_portal.dues.queries import filtered, kind_choices, lines_of, month_of, standing_of
from community_portal.people.models import STAFF, THIRD_PARTIES, Role
from community_portal.people.once import once
from community_portal.people.shell import may_change_house
from community_portal.people.staff.views import beside
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import done, refused, render_page
from community_portal.web.paging import page_by_id

PAGE = 30
FILTERS = ("kind", "q", "show", "day", "mine")


@for_staff(*STAFF, *THIRD_PARTIES)
def dues(request: StaffRequest) -> HttpResponse:
    """Everything that comes due in one's places, soonest first; ``day`` is one day of the month's page."""
    today = clock.today()
    wanted = {key: request.GET.get(key, "").strip()[:60] for key in FILTERS}
    rows = _mine_or_all(request, wanted["mine"])
    day = clock.read_day(wanted["day"])
    if day:
        rows = rows.filter(due_on=day)
    rows = filtered(rows, wanted, on=today)
    page = page_by_id(
        rows, size=PAGE, before=request.GET.get("before", ""), after=request.GET.get("after", ""), by="due_on",
        is_soonest=wanted["show"] != "done",
    )  # fmt: skip
    context = {
        "page": page,
        "lines": lines_of(page.rows, on=today, with_house=may_change_house(request.user)),
        "wanted": wanted,
        "day": day,
        "kinds": kind_choices(),
        "shows": [("", _("没办的")), ("late", _("超期的")), ("done", _("办过的")), ("all", _("全部"))],
        "is_filtered": any(wanted.values()),
    }
    return render_page(request, "dues/dues.html", context, fragment="dues/dues_list.html")


def _mine_or_all(request: HttpRequest, mine: str) -> Any:
    return DueItem.objects.waiting_for(request.user) if mine else DueItem.objects.visible_to(request.user)


@for_staff(*STAFF, *THIRD_PARTIES)
def dues_month(request: StaffRequest) -> HttpResponse:
    """A month at a glance: how many are due on each day, and where something is still open."""
    today = clock.today()
    first = (clock.read_day(f"{request.GET.get('month', '')}-01") or today).replace(day=1)
    before = first - dt.timedelta(days=1)
    after = (first + dt.timedelta(days=32)).replace(day=1)
    context = {
        "first": first,
        "weeks": month_of(_mine_or_all(request, request.GET.get("mine", "")), first, on=today),
        "before": f"{before:%Y-%m}",
        "after": f"{after:%Y-%m}",
    }
    return render_page(request, "dues/month.html", context)


@for_staff(*STAFF, *THIRD_PARTIES)
@once
def tick_due(request: StaffRequest, pk: int) -> HttpResponse:
    """Done by hand, or (``waive``) not needed this time."""
    item = get_object_or_404(DueItem.objects.visible_to(request.user).select_related("done_by"), pk=pk)
    is_waiving = "waive" in request.GET
    form = TickForm(request.POST or None, is_waiving=is_waiving)
    back = reverse("dues")
    if request.method == "POST" and not item.is_open:
        return refused(request, Changed(_("情况有变：这一项刚刚已经办了。")), back=back)
    if request.method == "POST" and form.is_valid():
        try:
            if is_waiving:
                waive(item, words=form.cleaned_data["words"], by=request.user, at=clock.now())
            else:
                tick_off(
                    item,
                    on=form.cleaned_data["done_on"],
                    words=form.cleaned_data["words"],
                    by=request.user,
                    at=clock.now(),
                )
            return done(request, _("已记下。"), "dues")
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=back)
        except Refusal as refusal:
            beside(form, refusal)
    may_waive = request.user.is_superuser or request.user.has_role_at(
        item.community_id, Role.MANAGER, Role.STREET_OFFICER
    )
    standing, tone = standing_of(item, clock.today())
    context = {
        "form": form, "item": item, "is_waiving": is_waiving, "may_waive": may_waive, "back": back,
        "standing": standing, "tone": tone,
    }  # fmt: skip
    return render_page(request, "dues/tick.html", context, status=422 if form.errors else 200)
