"""A vote for those who run it: its roll, opening, going on, counting; paper ballots; what is printed."""

import datetime as dt
import json
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.deliberations.actions import ballots, rolls
from community_portal.deliberations.actions import votes as deeds
from community_portal.deliberations.actions.rolls import Unit
from community_portal.deliberations.forms import BallotForm, GoOnForm, RollForm, SayWhyForm, VoteForm
from community_portal.deliberations.models import Ballot, RollEntry, Vote
from community_portal.deliberations.standing import square_metres, standing_of
from community_portal.deliberations.topics import CONVENERS, RECORDERS
from community_portal.deliberations.views.shared import (
    CALL,
    READ,
    WRITE,
    answer_deed,
    back_of,
    matter_asked,
    may,
    new_topic,
    place_of,
    sent_as,
)
from community_portal.people.once import once
from community_portal.refusals import Changed
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import refused, render_page

SALT, DRY_RUN = "deliberations.roll", dt.timedelta(hours=2)
PAGE = 50
# Where on the bar the least that has to vote is marked, and in which words.
MARKS = {(2, 3): {"name": "two-thirds", "word": "⅔"}, (1, 2): {"name": "half", "word": _("过半")}}


@for_staff(*CALL)
@once
def draw_up_vote(request: StaffRequest) -> HttpResponse:
    """A vote about a matter, or about something of the house; its roll comes next."""
    matter = matter_asked(request)
    place = place_of(request, matter)
    initial = {"opens_at": clock.local(clock.now()), "estate": getattr(matter, "estate_id", None)}
    form = VoteForm(request.POST or None, community=place, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def deed() -> Vote:
            topic = new_topic(request, matter, data["question"])
            return deeds.draw_up_vote(topic, by=request.user, at=clock.now(), **data)

        told: dict[str, Any] = {"said": _("建好了，下一步导入名册。"), "to": lambda made: ("vote_roll", made.pk)}
        if answer := answer_deed(request, deed, back=reverse("deliberations"), form=form, **told):
            return answer
    context = {"form": form, "title": _("办一次表决"), "matter": matter, "place": place}
    return render_page(request, "deliberations/form.html", context, status=422 if form.errors else 200)


@for_staff(*READ)
@once
def vote(request: StaffRequest, pk: int) -> HttpResponse:
    """Where it stands, and what may be done now. How people voted is hidden until it has closed."""
    row = _find(request, pk)
    bound, at = request.POST.get("form", ""), clock.now()
    forms: dict[str, Any] = {
        "go_on": GoOnForm(**sent_as(request, "go_on")),
        "give_up": SayWhyForm(**sent_as(request, "give_up")),
    }
    if request.method == "POST" and (answer := _take(request, row, bound, forms)):
        return answer
    url, crumb = back_of(row)
    user: Any = request.user
    context = {
        "vote": row,
        "forms": forms,
        "back": url or reverse("deliberations"),
        "crumb": crumb or _("议事与表决"),
        "may_convene": may(row, user, CONVENERS),
        "may_write": may(row, user, RECORDERS),
        "is_closed": at > row.closes_at,
        **shown(row, at=at),
    }
    wrong = any(form.is_bound and form.errors for form in forms.values())
    return render_page(request, "deliberations/vote.html", context, status=422 if wrong else 200)


def shown(row: Vote, *, at: dt.datetime) -> dict[str, Any]:
    """What anybody may see of a vote: the turnout always, yes and no once it has closed."""
    counted = standing_of(row)
    tally, needed = counted.tally, counted.needed
    by_area = bool(counted.rule and counted.rule.by_area)
    return {
        "counted": counted,
        "by_area": by_area,
        "mark": MARKS[counted.rule.turnout] if counted.rule else None,
        "roll_area": square_metres(tally.roll.area),
        "voted_area": square_metres(tally.voted.area),
        "needed_area": square_metres(needed.area),
        "choices": _choices(counted, by_area=by_area) if row.confirmed_at or at > row.closes_at else [],
    }


def _choices(counted: Any, *, by_area: bool) -> list[tuple[Any, int, str]]:
    tally = counted.tally
    rows = ((_("同意"), tally.yes), (_("不同意"), tally.no), (_("弃权"), tally.abstain))
    return [(label, one.heads, square_metres(one.area) if by_area else "") for label, one in rows]


def _take(request: StaffRequest, row: Vote, bound: str, forms: dict[str, Any]) -> HttpResponse | None:
    by: Any = request.user
    at, to, here = clock.now(), ("vote", row.pk), reverse("vote", args=[row.pk])
    form = forms.get(bound)
    if form is not None and not form.is_valid():
        return None
    data = form.cleaned_data if form else {}
    known = {
        "open": (lambda: deeds.open_vote(row, by=by, at=at), _("表决开始了，名册不能再改。")),
        "go_on": (lambda: deeds.go_on(row, by=by, at=at, **data), _("延长了。")),
        "confirm": (lambda: deeds.confirm_count(row, by=by, at=at), _("结果确认了。")),
        "give_up": (lambda: deeds.give_up_vote(row, by=by, at=at, **data), _("已记下。")),
        "invite": (lambda: ballots.invite_to_vote(row, by=by, at=at), _("给还没投的、留了手机的人发了短信。")),
    }
    if bound not in known:
        return None
    deed, said = known[bound]
    return answer_deed(request, deed, said=said, to=to, back=here, form=form)


@for_staff(*CALL)
@once
def vote_roll(request: StaffRequest, pk: int) -> HttpResponse:
    """The roll from a list: first what was read and what is wrong with it, then just that."""
    row = _find(request, pk)
    if "approved" in request.POST:
        return _put_approved(request, row)
    form = RollForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"vote": row, "form": form, "known": row.roll.count()}
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data["file"]
        area = sum(int(float(unit.area) * 100 + 0.5) for unit in read.units)
        off = rolls.differs_from_estate(row, read.units)
        told = {"units": [vars(unit) for unit in read.units], "vote": row.pk}
        context |= {
            "read": read,
            "area": square_metres(area),
            "off": off,
            "first": read.units[:20],
            "approved": signing.dumps(told, salt=SALT, compress=True),
        }
    return render_page(request, "deliberations/roll.html", context, status=422 if form.errors else 200)


def _put_approved(request: StaffRequest, row: Vote) -> HttpResponse:
    back = reverse("vote_roll", args=[row.pk])
    try:
        seen = signing.loads(request.POST["approved"], salt=SALT, max_age=DRY_RUN)
        if seen["vote"] != row.pk:
            raise signing.BadSignature
    except signing.BadSignature:
        return refused(request, Changed(_("试导入的结果过期了，请重新选文件。")), back=back)
    units = [Unit(**values) for values in json.loads(json.dumps(seen["units"]))]
    by: Any = request.user

    def deed() -> None:
        rolls.put_roll(row, units, by=by, at=clock.now())

    sentence = gettext("名册导入了，%(n)s 套。") % {"n": len(units)}
    answer = answer_deed(request, deed, said=sentence, to=("vote", row.pk), back=back)
    assert answer is not None
    return answer


@for_staff(*WRITE)
@once
def record_ballot(request: StaffRequest, pk: int) -> HttpResponse:
    """A ballot on paper or from the door: which unit, what, when, with a picture of it; and who has not voted yet."""
    row = _find(request, pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    asked = request.GET.get("unit", "").strip()[:60]
    form = BallotForm(*sent, vote=row, initial={"cast_at": clock.local(clock.now()), "entry": _unit(row, asked)})
    if sent and form.is_valid():
        by: Any = request.user
        data = form.cleaned_data

        def deed() -> None:
            ballots.record_ballot(by=by, at=clock.now(), **data)

        here = reverse("record_ballot", args=[row.pk])
        sentence = _("%(unit)s 的票记下了。") % {"unit": data["entry"]}
        if answer := answer_deed(request, deed, said=sentence, to=("record_ballot", row.pk), back=here, form=form):
            return answer
    current = Ballot.objects.filter(superseded_at__isnull=True)
    waiting = row.roll.exclude(pk__in=current.filter(entry__vote=row).values("entry"))
    context = {
        "vote": row,
        "form": form,
        "missing": standing_of(row).missing,
        "waiting": waiting[:PAGE],
        "waiting_count": waiting.count(),
    }
    return render_page(request, "deliberations/ballots.html", context, status=422 if form.errors else 200)


def _unit(row: Vote, asked: str) -> RollEntry | None:
    return row.roll.filter(unit=asked).first() if asked else None


@for_staff(*READ)
def vote_sheets(request: StaffRequest, pk: int) -> HttpResponse:
    """Ballots to print, one for each unit; once it was counted, the result instead."""
    row = _find(request, pk)
    context = {"vote": row, "entries": [] if row.confirmed_at else row.roll.all(), **shown(row, at=clock.now())}
    return render_page(request, "deliberations/sheets.html", context)


def _find(request: StaffRequest, pk: int) -> Vote:
    rows = Vote.objects.visible_to(request.user).select_related("case", "community__street", "estate", "confirmed_by")
    found: Vote = get_object_or_404(rows, pk=pk)
    return found
