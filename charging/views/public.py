"""For everybody: what is planned near me, and why not here."""

from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from charging.actions.deciding import object_to
from charging.forms.deciding import ObjectionForm
from charging.models import Site
from charging.queries.drawing import drawing_of
from charging.queries.public import blocked_by, clauses_behind, public_sites
from charging.workflow.sites import State
from community_portal import clock
from community_portal.deliberations.standing import objections_of
from community_portal.people.once import once
from community_portal.people.shell import house_named, show_house
from community_portal.refusals import Changed, Refusal
from community_portal.web.access import open_to_all
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused, render_page


@open_to_all
def planned_sites(request: HttpRequest) -> HttpResponse:
    """What is planned, what stands, where nothing is built, of the house whose living room this is."""
    house = house_named(request)
    return render_page(request, "charging/planned_sites.html", public_sites(house) | {"community": house})


@open_to_all
@once
def planned_site(request: HttpRequest, number: str) -> HttpResponse:
    """One place: how far it is; while its notice stands, what somebody has against it; given up, by which rule, in plain words, and
    where it moved."""
    rows = Site.objects.exclude(state__in=[State.CANDIDATE, State.REMOVED])
    site: Any = get_object_or_404(
        rows.select_related("case", "estate", "community__street", "replaces__case", "building"), case__number=number
    )
    show_house(request, site.community)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if not ratelimit.consume(request, action="objection", key=f"site:{site.pk}"):
                raise Refusal(_("意见写得太多了，请过几分钟再写，或打社区电话。"), code="too_many", status=429)
            object_to(site, at=clock.now(), **form.cleaned_data)
            return done(request, _("收到了，会逐条答复。"), "planned_site", number)
        except Changed as changed:
            return refused(request, changed)
        except Refusal as refusal:
            beside(form, refusal)
    is_rejected, is_noticing = site.state == State.REJECTED, site.state == State.NOTICING
    takes_objections = is_noticing and clock.today() <= site.notice_until
    context = {
        "site": site,
        "form": form,
        "back": reverse("planned_sites", query={"at": site.community.code}),
        "is_rejected": is_rejected,
        "takes_objections": takes_objections,
        "plain": _("公示期满，等街道批准") if is_noticing and not takes_objections else site.spec.plain,
        "clauses": clauses_behind(site) if is_rejected else [],
        "no": blocked_by(site) if is_rejected else None,
        "chain": site.chain,
        "drawing": drawing_of(site),
        "answered": objections_of(site).filter(replied_at__isnull=False),
    }
    return answer_form(request, "charging/planned_site.html", context, form)
