"""A resident's pages across all services: home, my matters, and the look-up without an account."""

from typing import Any

from allauth.core import ratelimit
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.models import Case
from community_portal.front.forms import LookUpForm
from community_portal.front.parts import ASKING, TILES, Reader, Spot, offered, parts_at
from community_portal.matters.lines import lines_of, newest_of
from community_portal.matters.lines import look_up as find_by_number
from community_portal.people.shell import show_house
from community_portal.places.models import OpeningHours
from community_portal.web.access import SignedInRequest, for_residents, open_to_all
from community_portal.web.pages import render_page
from community_portal.web.paging import page_by_id

PAGE = 15
MATTERS_SHOWN = 3


@open_to_all
def home(request: HttpRequest) -> HttpResponse:
    """What would you like to do today? What comes next first, then the few things there are to do."""
    reader = Reader(request)
    user, house = reader.user, reader.house
    context = {
        "hero": parts_at(Spot.HERO, reader),
        "tiles": offered(TILES, reader),
        "matters": newest_of(user, most=MATTERS_SHOWN) if user.is_authenticated else [],
        "hours": OpeningHours.objects.filter(community=house) if house else [],
        "parts": parts_at(Spot.HOME, reader),
    }
    return render_page(request, "front/home.html", context)


@for_residents
def my_matters(request: SignedInRequest) -> HttpResponse:
    """Everything of mine and of those I act for: what is coming, then matters, newest case first; ``q`` searches these."""
    reader = Reader(request)
    q = request.GET.get("q", "").strip()
    cases = Case.objects.concerning(request.user)
    page = page_by_id(
        cases.filter(Q(number__icontains=q) | Q(title__icontains=q)) if q else cases,
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    context = {
        "asking": offered(ASKING, reader),
        "parts": parts_at(Spot.MY_TIMES, reader),
        "page": page,
        "q": q,
        "may_search": bool(q or page.older or page.newer),
        "rows": lines_of(page.rows),
    }
    return render_page(request, "front/my_matters.html", context)


@open_to_all
def look_up(request: HttpRequest) -> HttpResponse:
    """Where does it stand? Number and last four digits, no account; wrong number and wrong digits look the same."""
    form = LookUpForm(request.POST or None, initial={"number": request.GET.get("number", "")})
    found: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        if not ratelimit.consume(request, action="look_up", key=number):
            form.add_error(None, _("试得太多了，请过几分钟再试，或打社区电话。"))
        else:
            found = find_by_number(number, form.cleaned_data["tail"], at=clock.now())
            if found:
                show_house(request, found[0]["house"])
            else:
                form.add_error(None, _("没有对上。请核对编号和手机号后四位，或打社区电话。"))
    context = {"form": form, "found": found}
    return render_page(request, "front/look_up.html", context, status=422 if form.errors else 200)
