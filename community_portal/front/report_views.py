"""反映问题: one page for whatever services take reports of, with or without a name; at the desk the same for somebody else."""

import secrets
from typing import Any

from allauth.core import ratelimit
from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.models import Matter, Source
from community_portal.front.reports import KINDS, ReportKind, blank_form
from community_portal.matters.kinds import kind_of
from community_portal.people.actions import open_own_file
from community_portal.people.models import Resident, User
from community_portal.people.once import once
from community_portal.people.reach import reader_of, works_at
from community_portal.people.shell import house_named, show_house
from community_portal.people.wording import read_name
from community_portal.places.models import Community
from community_portal.refusals import Refusal
from community_portal.web.access import open_to_all
from community_portal.web.forms import beside
from community_portal.web.pages import done, render_page
from community_portal.web.paging import is_row_number

NOT_KEPT = {"csrfmiddlewaretoken", "once", "who"}
ANONYMOUS, NAMED = "anonymous", "named"
TOLD_AT_WORK = (Source.DESK, Source.PHONE, Source.GRID, Source.PATROL, Source.HOTLINE)


class WhoForm(forms.Form):
    """Who reports it: of somebody at home whether by name, of staff how it reached them."""

    who = forms.ChoiceField(
        label=_("要不要留名字"),
        choices=((ANONYMOUS, _("不留名字，给我查询码")), (NAMED, _("留手机号，办好发短信"))),
        widget=forms.RadioSelect,
        required=False,
    )
    name = forms.CharField(label=_("您的姓名"), max_length=50, required=False)
    source = forms.ChoiceField(
        label=_("怎么知道的"), choices=[(one.value, one.label) for one in TOLD_AT_WORK], required=False
    )

    def __init__(self, *args: Any, kind: ReportKind, user: Any, at_work: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at_work = at_work
        self.without_name = kind.anonymous
        if at_work or not kind.anonymous:
            del self.fields["who"]
        if not at_work:
            del self.fields["source"]
        if at_work or not user.is_authenticated or user.resident_id:
            del self.fields["name"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "name" in self.fields and self.is_named:
            try:
                data["name"] = read_name(data.get("name", ""))
            except Refusal as refusal:
                beside(self, refusal)
        return data

    @property
    def is_named(self) -> bool:
        """By name, where it is somebody at home."""
        return not self.at_work and (not self.without_name or self.cleaned_data.get("who") == NAMED)


@open_to_all
@once
def report(request: HttpRequest, kind: str = "") -> HttpResponse:
    """The kinds there are, or the form of one: what is the matter, where, and whether by name."""
    found = KINDS.get(kind) or (next(iter(KINDS.values())) if not kind and len(KINDS) == 1 else None)
    if found is None and kind:
        raise Http404
    if found is None:
        house = house_named(request)
        at = house.code if house and request.GET.get("at") == house.code else ""
        return render_page(request, "front/report.html", {"kinds": list(KINDS.values()), "at": at})
    community = _place_of(request)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    begins_with = {**request.GET.dict(), **request.session.get("report_draft", {}).get(found.name, {})}
    form = blank_form(found, community, *sent, initial=begins_with)
    at_work = works_at(request.user, community.pk)
    who = WhoForm(*sent[:1], kind=found, user=request.user, at_work=at_work, initial={"who": ANONYMOUS})
    reporter = _chosen_resident(request) if at_work else None
    if sent and form.is_valid() & who.is_valid():
        if who.is_named and not request.user.is_authenticated:
            return _by_way_of_sign_in(request, found)
        try:
            return _reported(request, found, community, form, who, reporter)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"kind": found, "form": form, "who": who, "reporter": reporter, "has_others": len(KINDS) > 1}
    return render_page(request, found.template, context, status=422 if form.errors or who.errors else 200)


def _place_of(request: HttpRequest) -> Community:
    """The community of the QR, else the visitor's own."""
    found = house_named(request)
    if found is None:
        raise Http404
    return found


def _chosen_resident(request: HttpRequest) -> Resident | None:
    key = request.GET.get("resident", "")
    rows = Resident.objects.visible_to(reader_of(request)).current()
    return get_object_or_404(rows, pk=int(key)) if is_row_number(key) else None


def _by_way_of_sign_in(request: HttpRequest, kind: ReportKind) -> HttpResponse:
    """Nothing that was typed is lost on the way; photos are taken again."""
    typed = {name: value for name, value in request.POST.dict().items() if name not in NOT_KEPT}
    request.session["report_draft"] = {kind.name: typed}
    return HttpResponseRedirect(f"{reverse('sign_in')}?{_next(request)}", status=303)


def _next(request: HttpRequest) -> str:
    query = QueryDict(mutable=True)
    query["next"] = request.get_full_path()
    return query.urlencode(safe="/")


def _reported(
    request: HttpRequest, kind: ReportKind, community: Community, form: Any, who: WhoForm, reporter: Resident | None
) -> HttpResponse:
    """Does it, and says how to follow it. Raises Refusal as the deed does, and for one too many from the same place."""
    if not who.at_work and not ratelimit.consume(request, action="report"):
        sentence = _("从这里报得太多了，请过一会儿再报；急的请打电话：%(phone)s。")
        raise Refusal(sentence % {"phone": community.phone}, code="too_many", status=429)
    user: Any = request.user
    by: User | None = user if who.at_work or who.is_named else None
    if who.is_named:
        reporter = _own_file(user, community, who)
    code = "" if reporter else new_code()
    matter = kind.create(
        community=community,
        data=form.cleaned_data,
        reporter=reporter,
        code=code,
        source=who.cleaned_data.get("source") or (Source.DESK if who.at_work else Source.ONLINE),
        by=by,
        at=clock.now(),
    )
    request.session.pop("report_draft", None)
    return _answer(request, kind, matter, code, is_theirs=who.is_named)


def new_code() -> str:
    """Six digits for whoever leaves no name: with the number they open the look-up."""
    return f"{secrets.randbelow(1_000_000):06d}"


def _own_file(user: User, community: Community, who: WhoForm) -> Resident:
    if user.resident is not None:
        return user.resident.present_file
    return open_own_file(user, community=community, name=who.cleaned_data["name"], at=clock.now())


def _answer(request: HttpRequest, kind: ReportKind, matter: Matter, code: str, *, is_theirs: bool) -> HttpResponse:
    number, my_url = matter.case.number, kind_of(matter).my_url
    if is_theirs and my_url:
        return done(request, _("已收到，编号 %(number)s。办好会告诉您。") % {"number": number}, my_url, number)
    request.session["reported"] = {"number": number, "code": code, "kind": kind.name, "at": matter.community.code}
    return HttpResponseRedirect(reverse("report_received"), status=303)


@open_to_all
def report_received(request: HttpRequest) -> HttpResponse:
    """The number and the code of what this browser reported last, to be written down or printed; in the house to which it went."""
    kept = request.session.get("reported", {})
    kind = KINDS.get(kept.get("kind", ""))
    if kind is None:
        return HttpResponseRedirect(reverse("report"), status=303)
    house = Community.objects.filter(code=kept.get("at", "")).select_related("street").first()
    if house:
        show_house(request, house)
    told = {**kept, "kind": kind, "at": house.code if house else ""}
    return render_page(request, "front/report_received.html", told)
