"""The resident's side: home, asking for help, my matters, one matter, and the look-up without an account."""

from typing import Any, cast

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from appointments.requests.forms import AskForm
from community_portal import clock
from community_portal.casework.models import Source
from community_portal.matters.pages import answer_my_rating, answer_my_step, answer_my_words, my_context
from community_portal.matters.queries import read_my_matter
from community_portal.people.actions import open_own_file, say_own_address
from community_portal.people.models import DelegationScope, Resident, User
from community_portal.people.once import once
from community_portal.people.reach import works_at
from community_portal.people.register.queries import people_of
from community_portal.people.shell import house_of
from community_portal.refusals import Refusal
from community_portal.web.access import SignedInRequest, for_residents, open_to_all
from community_portal.web.pages import done, render_page

PAGE = 15
PAST_SHOWN, PAST_ALL = 5, 100
ACTIVITIES_SHOWN = 3
MATTERS_SHOWN = 3
HOTLINE = "12345"


@open_to_all
@once
def ask(request: HttpRequest) -> HttpResponse:
    """Asking for help from a phone: what it is about, in one's own words."""
    user: Any = request.user
    community: Any = house_of(request)
    people = people_of(user, scope=DelegationScope.REQUEST, on=clock.today())
    draft = request.session.get("draft", {})
    form = AskForm(
        request.POST or None,
        request.FILES or None,
        community=community,
        people=people,
        is_known=user.is_authenticated,
        lacks_address=not people or _lacks_address(people[0], user),
        initial={**draft, "category": request.GET.get("category") or draft.get("category")},
    )
    if request.method == "POST" and form.is_valid():
        if not user.is_authenticated:
            # Nothing typed is lost on the way through sign-in.
            request.session["draft"] = {
                "category": form.cleaned_data["category"].pk,
                "words": form.cleaned_data["words"],
                "urgency": form.cleaned_data["urgency"],
            }
            return HttpResponseRedirect(f"{reverse('sign_in')}?next={reverse('ask')}", status=303)
        try:
            number = _register(request, form, community, people)
            request.session.pop("draft", None)
            return done(
                request, _("已登记，编号 %(number)s。我们会尽快联系您。") % {"number": number}, "my_request", number
            )
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return render_page(request, "appointments/ask.html", {"form": form}, status=422 if form.errors else 200)


def _lacks_address(resident: Resident, user: Any) -> bool:
    """They made their file themselves, at a booking, and were not asked where they live."""
    return resident.pk == user.resident_id and resident.household_id is None


def _register(request: HttpRequest, form: AskForm, community: Any, people: list[Any]) -> str:
    """Raises Refusal as ``register_request`` does, and for the one request too many of a day; staff have no such limit."""
    data, user = form.cleaned_data, cast(User, request.user)
    if not works_at(user, community.pk) and not ratelimit.consume(request, action="ask", user=user):
        sentence = _("今天您已经登记了好几件，网上先到这里。还有事请打电话给我们：%(phone)s。")
        raise Refusal(sentence % {"phone": community.phone or HOTLINE}, code="too_many")
    at = clock.now()
    resident = data.get("resident") or (people[0] if people else None)
    if resident is None:
        resident = open_own_file(user, community=community, name=data["name"], address=data["address"], at=at)
    elif data.get("address") and _lacks_address(resident, user):
        say_own_address(resident, address=data["address"], by=user)
    taken = register_request(
        community=resident.community,
        category=data["category"],
        words=data["words"],
        urgency=data["urgency"],
        resident=resident,
        asker=user.resident if user.resident_id and user.resident_id != resident.pk else None,
        by=user,
        at=at,
        source=Source.ONLINE,
        photos=data["photos"],
    )
    return taken.case.number


def _read(request: HttpRequest, number: str) -> HelpRequest:
    return read_my_matter(HelpRequest, request.user, number)


@for_residents
def my_request(request: SignedInRequest, number: str) -> HttpResponse:
    """One of my requests in plain words."""
    return _my_page(request, _read(request, number))


def _my_page(
    request: HttpRequest, matter: HelpRequest, *, status: int = 200, failed: Any = None, **more: Any
) -> HttpResponse:
    context = my_context(matter, request.user, failed=failed)
    return render_page(request, "appointments/my_request.html", context | more, status=status)


@for_residents
@require_POST
@once
def add_my_words(request: SignedInRequest, number: str) -> HttpResponse:
    """More to the story: words, photos."""
    return answer_my_words(request, _read(request, number), page=_my_page)


@for_residents
@require_POST
@once
def take_my_step(request: SignedInRequest, number: str, step: str) -> HttpResponse:
    """Answer, withdraw or reopen: what the step table allows a resident."""
    return answer_my_step(request, _read(request, number), step, page=_my_page)


@for_residents
@require_POST
@once
def rate_my_request(request: SignedInRequest, number: str) -> HttpResponse:
    """My own word on how it went."""
    return answer_my_rating(request, _read(request, number), page=_my_page)
