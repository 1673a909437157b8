"""交接: what somebody who leaves, or is ill, still has in hand goes to a colleague."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from community_portal import clock
from community_portal.bookings.departures import called_off_with
from community_portal.casework.models import Task
from community_portal.front.forms import HandOverWorkForm
from community_portal.matters.hand_over import hand_over_work, in_hands_of
from community_portal.people.models import RUNS, Membership, User
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.refusals import Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done


@for_staff(*RUNS)
@once
def hand_over(request: StaffRequest, pk: int) -> HttpResponse:
    """The open matters of a colleague in this house, each ticked, and to whom they go. Whoever was here for less than a
    day may have got some too; if they did not (``ended``), it is the list of the others that comes next."""
    community: Any = house_of(request)
    leaver = get_object_or_404(User, pk=pk)
    rows = in_hands_of(leaver, community)
    works_here = Membership.objects.at(community.pk).filter(user=leaver)
    if not rows.exists() and not works_here.exists():
        if "ended" in request.GET:
            return HttpResponseRedirect(reverse("settings_staff"), status=303)
        raise Http404
    form = HandOverWorkForm(request.POST or None, community=community, leaver=leaver, rows=rows)
    if request.method == "POST" and form.is_valid():
        try:
            return _hand_over(request, form, leaver)
        except Refusal as refusal:
            beside(form, refusal)
    is_here = works_here.in_force(on=clock.today()).exists()
    context = {
        "leaver": leaver,
        "is_here": is_here,
        "called_off": [] if is_here else called_off_with(leaver, community, at=clock.now()),
        "form": form,
        "count": rows.count(),
        "shown": len(form.fields["tasks"].choices),  # type: ignore[attr-defined]
        "community": community,
    }
    return answer_form(request, "front/hand_over.html", context, form)


def _hand_over(request: StaffRequest, form: HandOverWorkForm, leaver: User) -> HttpResponse:
    chosen: list[Task] = list(form.cleaned_data["tasks"])
    officer = form.cleaned_data["officer"]
    count = hand_over_work(
        chosen,
        leaver=leaver,
        officer=officer,
        words=form.cleaned_data["words"],
        by=request.user,
        at=clock.now(),
    )
    sentence = ngettext("%(n)s 件事转给了%(who)s。", "%(n)s 件事转给了%(who)s。", count) % {"n": count, "who": officer}
    if count < len(chosen):
        sentence += str(_("其余的刚刚改动过，没有动，请再看一眼。"))
    return done(request, sentence, "hand_over", leaver.pk)
