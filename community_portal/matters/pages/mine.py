"""One matter for its resident, in plain words: their words, their steps, their rating.

A service whose page for residents has the address ``…/<number>/`` puts their words at ``…/<number>/words/``, the rating at
``…/<number>/rate/`` and the steps at ``…/<number>/<step>/``.
"""

from typing import Any

from allauth.core import ratelimit
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.models import Matter
from community_portal.casework.queries import progress_of, timeline
from community_portal.matters.actions.ending import rate
from community_portal.matters.actions.steps import acts_as_party, speaks_for_themselves
from community_portal.matters.actions.words import add_words
from community_portal.matters.deeds import perform
from community_portal.matters.forms.steps import StepForm
from community_portal.matters.forms.words import AddWordsForm, RateForm
from community_portal.matters.kinds import kind_of
from community_portal.matters.lines import family_of, relatives_of
from community_portal.matters.models import Rated
from community_portal.matters.pages.matter import Page
from community_portal.matters.queries import agreed_visit, question_to_resident
from community_portal.people.models import DelegationScope
from community_portal.people.register.queries import people_of
from community_portal.places.calendar import guessed_among
from community_portal.refusals import Refusal
from community_portal.web.access import SignedInRequest
from community_portal.web.pages import done, refused

HOTLINE = "12345"
# What a resident is asked for at these steps; at any other, what its label says.
WORDS_OF_STEP = {
    "answer": (_("您的补充"), _("请写几个字。")),
    "reopen": (_("哪里没有办好"), _("请写一句哪里没有办好，我们才知道接着做什么。")),
    "withdraw": (_("为什么不办了"), _("请写一句原因，如“已经解决了”。")),
}


def my_context(matter: Matter, user: Any, *, failed: dict[str, StepForm] | None = None) -> dict[str, Any]:
    """What ``matters/my_matter.html`` shows; ``failed`` are forms that were refused, by their steps."""
    kind, spec, now = kind_of(matter), matter.spec, clock.now()
    agreed = agreed_visit(matter, at=now)
    may_act = acts_as_party(matter, user, at=now)
    steps = _my_steps(matter, user) if may_act else []
    satisfaction = matter.satisfaction if isinstance(matter, Rated) else None
    may_rate = isinstance(matter, Rated) and matter.may_be_rated and speaks_for_themselves(matter, user)
    return {
        "matter": matter,
        "kind": kind,
        "page_url": kind.my_url_of(matter.case.number),
        "spec": spec,
        "is_working": matter.state in matter.flow.under_way,
        "question": question_to_resident(matter) if spec.stops_clock else "",
        "agreed": agreed,
        "may_change_time": agreed is not None
        and matter.case.resident in people_of(user, scope=DelegationScope.BOOK, on=clock.today()),
        "progress": progress_of(matter),
        "guessed": guessed_among([matter.promised_at]) if not spec.is_end else [],
        "timeline": timeline(matter.case, for_resident=True),
        "relatives": relatives_of(family_of(matter), user, as_resident=True),
        "steps": {step.name for step in steps},
        "other_steps": [step for step in steps if step.name not in WORDS_OF_STEP],
        "words_form": AddWordsForm(auto_id="id_more_%s") if may_act else None,
        "step_forms": {step.name: _step_form(step.name, matter) for step in steps} | (failed or {}),
        "satisfaction": satisfaction,
        "rate_form": RateForm(auto_id="id_rate_%s") if may_rate and not satisfaction else None,
    }


def _my_steps(matter: Matter, user: Any) -> list[Any]:
    found = matter.flow.open_steps(matter, user, is_party=True)
    return [step for step in found if "resident" in step.roles and not step.missing_parts(matter)]


def _step_form(name: str, matter: Matter, *data: Any) -> StepForm:
    """Several stand on one page, so each has ids of its own."""
    step = matter.flow.by_name[name]
    kind: type[StepForm] = kind_of(matter).by_step[name].form or StepForm
    form = kind(*data, matter=matter, step=step, auto_id=f"id_{name}_%s")
    words = form.fields["words"]
    if name in WORDS_OF_STEP:
        words.label, words.error_messages["required"] = WORDS_OF_STEP[name]
    return form


def must_be_party(matter: Matter, user: Any) -> None:
    """Who may only look, and not act, is told that there is nothing."""
    if not acts_as_party(matter, user, at=clock.now()):
        raise Http404


def _count_words(request: SignedInRequest, matter: Matter) -> None:
    """Each word of a resident is read by somebody; Refusal for whoever writes faster than anybody reads."""
    if not ratelimit.consume(request, action="words", user=request.user):
        sentence = _("您写得太勤了，这一条没有存下。写的内容还在，请过几分钟再交，或打电话给我们：%(phone)s。")
        raise Refusal(sentence % {"phone": matter.case.community.phone or HOTLINE}, code="too_many", field="words")


def answer_my_words(request: SignedInRequest, matter: Matter, *, page: Page) -> HttpResponse:
    """More to the story: words, photos."""
    must_be_party(matter, request.user)
    form = AddWordsForm(request.POST, request.FILES, auto_id="id_more_%s")
    if form.is_valid():
        try:
            _count_words(request, matter)
            add_words(matter, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("已补充，经办人会看到。"), kind_of(matter).my_url, matter.case.number)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return page(request, matter, status=422, words_form=form)


def answer_my_step(request: SignedInRequest, matter: Matter, step: str, *, page: Page) -> HttpResponse:
    """What the step table allows a resident: answering, withdrawing, having it done again."""
    must_be_party(matter, request.user)
    known, kind = matter.flow.by_name.get(step), kind_of(matter)
    if known is None or "resident" not in known.roles:
        raise Http404
    form = _step_form(step, matter, request.POST, request.FILES)
    if not form.is_valid():
        return page(request, matter, status=422, failed={step: form})
    try:
        _count_words(request, matter)
        perform(matter, step, data=form.cleaned_data, by=request.user, at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal, back=kind.my_url_of(matter.case.number))
    return done(request, known.done, kind.my_url, matter.case.number)


def answer_my_rating(request: SignedInRequest, matter: Rated, *, page: Page) -> HttpResponse:
    """Their own word on how it went."""
    must_be_party(matter, request.user)
    form, kind = RateForm(request.POST, auto_id="id_rate_%s"), kind_of(matter)
    if not form.is_valid():
        return page(request, matter, status=422, rate_form=form)
    try:
        rate(matter, by=request.user, at=clock.now(), **form.cleaned_data)
    except Refusal as refusal:
        return refused(request, refusal, back=kind.my_url_of(matter.case.number))
    return done(request, _("谢谢您的评价。"), kind.my_url, matter.case.number)
