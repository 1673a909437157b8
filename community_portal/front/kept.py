"""What a phone of staff keeps without a network: its own page, and the street's switch."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import RUNS, STAFF, THIRD_PARTIES, Role
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.places.actions import set_keeps_forms
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import done, render_page


@for_staff(*STAFF, *THIRD_PARTIES)
def kept_forms(request: StaffRequest) -> HttpResponse:
    """The forms lie on the phone alone; the page is drawn around them there."""
    return render_page(request, "front/kept_forms.html")


@for_staff(*RUNS)
@once
def settings_kept(request: StaffRequest) -> HttpResponse:
    """The street says whether phones keep forms; the houses see what it said."""
    house: Any = house_of(request)
    street = house.street
    if request.method == "POST":
        set_keeps_forms(street, on=request.POST.get("on") == "1", by=request.user)
        return done(request, _("改好了。"), "settings_kept")
    user = request.user
    may_set = user.is_superuser or street.pk in user.streets_as(Role.STREET_OFFICER)
    return render_page(request, "front/settings_kept.html", {"street": street, "may_set": may_set})
