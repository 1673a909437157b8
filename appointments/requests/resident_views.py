"""The resident's side: home, asking for help, my matters, one matter, and the look-up without an account."""

from typing import Any, cast

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from appointments.requests.actions.steps import acts_as_party, add_words, rate, speaks_for_himself
from appointments.requests.forms import STEP_FORMS, AddWordsForm, AskForm, RateForm, StepForm
from appointments.requests.queries import agreed_visit, matters_of, question_to_resident
from appointments.requests.step_table import perform
from appointments.workflow import HELP, WORKING_STATES, State
from community_portal import clock
from community_portal.casework.models import Source
from community_portal.casework.queries import progress_of, timeline
from community_portal.people.actions import open_own_file, say_own_address
from community_portal.people.models import DelegationScope, Resident, User
from community_portal.people.once import once
from community_portal.people.reach import works_at
from community_portal.people.register.queries import people_of
from community_portal.people.shell import house_of
from community_portal.places.calendar import guessed_among
from community_portal.refusals import Refusal
from community_portal.web.access import SignedInRequest, for_residents, open_to_all
from community_portal.web.pages import done, refused, render_page

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
    """He made his file himself, at a booking, and was not asked where he lives."""
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


def _read(request: SignedInRequest, number: str) -> HelpRequest:
    """A matter that this person may look at."""
    return get_object_or_404(
        matters_of(request.user).select_related("case__asker", "community"),
        case__number=number,
    )


def _mine(request: SignedInRequest, number: str) -> HelpRequest:
    """A matter in which this person may act, not only look."""
    found = _read(request, number)
    if not acts_as_party(found, request.user, at=clock.now()):
        raise Http404
    return found


@for_residents
def my_request(request: SignedInRequest, number: str) -> HttpResponse:
    """One of my requests in plain words."""
    return _my_page(request, _read(request, number))


def _my_page(
    request: HttpRequest,
    found: HelpRequest,
    *,
    status: int = 200,
    failed: dict[str, StepForm] | None = None,
    **more: Any,
) -> HttpResponse:
    spec = HELP.states[found.state]
    user: Any = request.user
    may_rate = speaks_for_himself(found, user) and found.state in (State.RESOLVED, State.NOT_ELIGIBLE, State.CLOSED)
    may_act = acts_as_party(found, user, at=clock.now())
    steps = {s.name for s in HELP.open_steps(found, user, is_party=True) if "resident" in s.roles} if may_act else set()
    context = {
        "help": found,
        "spec": spec,
        "is_working": found.state in WORKING_STATES,
        "question": question_to_resident(found) if found.state == State.WAITING else "",
        "agreed": agreed_visit(found, at=clock.now()),
        "may_change_time": found.case.resident in people_of(user, scope=DelegationScope.BOOK, on=clock.today()),
        "progress": progress_of(found, HELP),
        "guessed": guessed_among([found.promised_at]) if not spec.is_end else [],
        "timeline": timeline(found.case, for_resident=True),
        "steps": steps,
        "words_form": AddWordsForm(auto_id="id_more_%s") if may_act else None,
        "step_forms": {step: _step_form(step, found) for step in steps} | (failed or {}),
        "rate_form": RateForm(auto_id="id_rate_%s") if may_rate and not found.satisfaction else None,
    }
    return render_page(request, "appointments/my_request.html", context | more, status=status)


WORDS_OF_STEP = {
    "answer": (_("您的补充"), _("请写几个字。")),
    "reopen": (_("哪里没有办好"), _("请写一句哪里没有办好，我们才知道接着做什么。")),
    "withdraw": (_("为什么不办了"), _("请写一句原因，如“已经解决了”。")),
}


def _step_form(step: str, found: HelpRequest, data: Any = None, files: Any = None) -> StepForm:
    """Several stand on one page, so each has ids of its own."""
    kind = STEP_FORMS.get(step, StepForm)
    form = kind(data, files, request=found, needs_words=True, initial={"seen": found.version}, auto_id=f"id_{step}_%s")
    words = form.fields["words"]
    words.label, words.error_messages["required"] = WORDS_OF_STEP[step]
    return form


def _count_words(request: HttpRequest, found: HelpRequest) -> None:
    """Each word of a resident is read by somebody; Refusal for whoever writes faster than anybody reads."""
    if not ratelimit.consume(request, action="words", user=request.user):
        sentence = _("您写得太勤了，这一条没有存下。写的内容还在，请过几分钟再交，或打电话给我们：%(phone)s。")
        raise Refusal(sentence % {"phone": found.case.community.phone or HOTLINE}, code="too_many", field="words")


@for_residents
@require_POST
@once
def add_my_words(request: SignedInRequest, number: str) -> HttpResponse:
    """More to the story: words, photos."""
    found = _mine(request, number)
    form = AddWordsForm(request.POST, request.FILES, auto_id="id_more_%s")
    if form.is_valid():
        try:
            _count_words(request, found)
            add_words(found, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("已补充，经办人会看到。"), "my_request", number)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return _my_page(request, found, status=422, words_form=form)


@for_residents
@require_POST
@once
def take_my_step(request: SignedInRequest, number: str, step: str) -> HttpResponse:
    """Answer, withdraw or reopen: what the step table allows a resident."""
    found = _mine(request, number)
    known = HELP.by_name.get(step)
    back = reverse("my_request", args=[number])
    if known is None or "resident" not in known.roles:
        raise Http404
    form = _step_form(step, found, request.POST, request.FILES)
    if not form.is_valid():
        return _my_page(request, found, status=422, failed={step: form})
    try:
        _count_words(request, found)
        perform(found, step, data=form.cleaned_data, by=request.user, at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal, back=back)
    return done(request, known.done, "my_request", number)


@for_residents
@require_POST
@once
def rate_my_request(request: SignedInRequest, number: str) -> HttpResponse:
    """My own word on how it went."""
    found = _mine(request, number)
    form = RateForm(request.POST, auto_id="id_rate_%s")
    if form.is_valid():
        try:
            rate(found, by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            return refused(request, refusal, back=reverse("my_request", args=[number]))
        return done(request, _("谢谢您的评价。"), "my_request", number)
    return _my_page(request, found, status=422, rate_form=form)
