"""What residents see of drills: the next ones, signing up, and a certificate for having come."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings.agreements import bookings_concerning
from community_portal.bookings.models import BookingState
from community_portal.bookings.seats import FULL
from community_portal.people.models import DelegationScope
from community_portal.people.once import once
from community_portal.people.register.queries import people_of
from community_portal.people.shell import house_of
from community_portal.refusals import Refusal
from community_portal.web.access import SignedInRequest, for_residents, open_to_all
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, render_page
from safety.actions.sign_up import sign_up
from safety.forms.people import JoinForm
from safety.models import Drill
from safety.queries.residents import announced, median_seconds, next_drills
from safety.workflow.states import HELD


@open_to_all
def safety(request: HttpRequest) -> HttpResponse:
    """The next drills of the house."""
    house = house_of(request)
    return render_page(request, "safety/safety.html", {"house": house, "drills": next_drills(house, at=clock.now())})


@for_residents
@once
def drill_join(request: SignedInRequest, number: str) -> HttpResponse:
    """Signing up, oneself or the family, and saying that somebody cannot walk."""
    drill = get_object_or_404(announced(), case__number=number)
    people = people_of(request.user, scope=DelegationScope.BOOK, on=clock.today())
    form = JoinForm(request.POST or None, people=people, initial={"resident": people[0].pk if people else None})
    is_full = False
    if request.method == "POST" and form.is_valid():
        try:
            sign_up(drill, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("报好名了，前一天会提醒您。"), "safety")
        except Refusal as refusal:
            is_full = refusal.code == FULL
            refusal.field = {"session": "party_size"}.get(refusal.field or "", refusal.field)
            beside(form, refusal)
    context = {"drill": drill, "form": form, "people": people, "is_full": is_full}
    return answer_form(request, "safety/join.html", context, form)


@for_residents
def drill_certificate(request: SignedInRequest, pk: int) -> HttpResponse:
    """For whoever came: their drill, and how quickly the house emptied."""
    came = bookings_concerning(request.user).filter(state__in=[BookingState.ARRIVED, BookingState.SERVED])
    booking = get_object_or_404(came.select_related("resident", "community"), pk=pk)
    drill = Drill.objects.filter(session=booking.session_id, state__in=HELD).select_related("case", "community").first()
    if drill is None:
        raise Http404
    context = {"booking": booking, "drill": drill, "seconds": median_seconds(drill)}
    return render_page(request, "safety/certificate.html", context)
