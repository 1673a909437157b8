"""The addresses that the pages of every kind of matter have, each with its mark. A service whose pages are like any other's
names the place of its list and what it shows beside;
one with habits of its own writes its views with the plain functions beside this module.

urlpatterns = MatterPages(Repair, template="repairs/repair.html", panels=lambda repair: {"parts": repair.parts.all()}).below("repairs/")
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from community_portal.casework.models import Matter
from community_portal.matters.kinds import kind_of
from community_portal.matters.pages.lists import list_page, resident_panel
from community_portal.matters.pages.matter import answer_note, answer_step, matter_context
from community_portal.matters.pages.mine import answer_my_rating, answer_my_step, answer_my_words, my_context
from community_portal.matters.pages.slip import slip_page
from community_portal.matters.queries import read_matter, read_my_matter
from community_portal.people.models import STAFF
from community_portal.people.once import once
from community_portal.web.access import SignedInRequest, StaffRequest, for_residents, for_staff
from community_portal.web.pages import render_page

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class MatterPages:
    """The pages of one kind. ``panels`` is the context of its own panels; who is of ``third_parties`` opens what they were
    given beside staff, but no list. The names of the addresses come from those that the kind gives to list and pages:
    ``repair`` has ``repair_step``, ``repair_note`` and ``repair_slip``, its resident's ``my_repair`` likewise."""

    model: type[Matter]
    template: str = "matters/matter.html"
    panels: Callable[[Any], dict[str, Any]] = lambda matter: {}
    my_template: str = "matters/my_matter.html"
    third_parties: tuple[str, ...] = ()

    def below(self, place: str, *, each: str = "") -> list[URLPattern]:
        """The list at ``place``, a matter below it (or below ``each``) by its number, a resident's own below ``my/``, and the panel
        of their file."""
        kind = kind_of(self.model)
        listed, name, mine = kind.listed.url_name, kind.flow.url_name, kind.my_url
        staff, concerned = for_staff(*STAFF), for_staff(*STAFF, *self.third_parties)
        one, my = f"{each or place}<str:number>/", f"my/{each or place}<str:number>/"
        found = [
            path(place, staff(_view(self.all)), name=listed),
            path(f"residents/<int:pk>/{place}", staff(_view(self.of_resident)), name=f"resident_{listed}"),
            path(one, concerned(_view(self.one)), name=name),
            path(f"{one}slip/", staff(_view(self.slip)), name=f"{name}_slip"),
            path(f"{one}note/", concerned(_form(self.note)), name=f"{name}_note"),
            path(f"{one}<str:step>/", concerned(once(_view(self.step))), name=f"{name}_step"),
        ]
        theirs = [
            path(my, for_residents(_view(self.mine)), name=mine),
            path(f"{my}words/", for_residents(_form(self.my_words)), name=f"{mine}_words"),
            path(f"{my}rate/", for_residents(_form(self.my_rating)), name=f"{mine}_rating"),
            path(f"{my}<str:step>/", for_residents(_form(self.my_step)), name=f"{mine}_step"),
        ]
        return found + (theirs if mine else [])

    def page(self, request: StaffRequest, matter: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        """One for staff, as it is drawn; a service's own forms draw it again with what was refused."""
        context = matter_context(matter, request.user) | self.panels(matter)
        return render_page(request, self.template, context | more, status=status)

    def my_page(
        self, request: SignedInRequest, matter: Any, *, status: int = 200, failed: Any = None, **more: Any
    ) -> HttpResponse:
        """One for its resident, as it is drawn."""
        context = my_context(matter, request.user, failed=failed)
        return render_page(request, self.my_template, context | more, status=status)

    def all(self, request: StaffRequest) -> HttpResponse:
        return list_page(request, self.model)

    def of_resident(self, request: StaffRequest, pk: int) -> HttpResponse:
        return resident_panel(request, self.model, pk)

    def one(self, request: StaffRequest, number: str) -> HttpResponse:
        return self.page(request, self._read(request, number))

    def slip(self, request: StaffRequest, number: str) -> HttpResponse:
        return slip_page(request, self._read(request, number))

    def note(self, request: StaffRequest, number: str) -> HttpResponse:
        return answer_note(request, self._read(request, number), page=self.page)

    def step(self, request: StaffRequest, number: str, step: str) -> HttpResponse:
        return answer_step(request, self._read(request, number), step)

    def mine(self, request: SignedInRequest, number: str) -> HttpResponse:
        return self.my_page(request, self._read_mine(request, number))

    def my_words(self, request: SignedInRequest, number: str) -> HttpResponse:
        return answer_my_words(request, self._read_mine(request, number), page=self.my_page)

    def my_rating(self, request: SignedInRequest, number: str) -> HttpResponse:
        return answer_my_rating(request, self._read_mine(request, number), page=self.my_page)

    def my_step(self, request: SignedInRequest, number: str, step: str) -> HttpResponse:
        return answer_my_step(request, self._read_mine(request, number), step, page=self.my_page)

    def _read(self, request: StaffRequest, number: str) -> Any:
        return read_matter(self.model, request.user, number)

    def _read_mine(self, request: SignedInRequest, number: str) -> Any:
        return read_my_matter(self.model, request.user, number)


def _view(method: View) -> View:
    """A function of its own, which bears a mark: a method cannot."""

    @functools.wraps(method)
    def view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return method(request, **kwargs)

    return view


def _form(method: View) -> View:
    """Sent only, and done once."""
    return require_POST(once(_view(method)))  # type: ignore[no-any-return]
