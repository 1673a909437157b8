"""Many at once: one acceptance, one test, as many answers as households, one company for an estate."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from community_portal import clock
from community_portal.deliberations.actions.opinions import answer_survey
from community_portal.deliberations.models import Survey
from community_portal.people.models import ManagedEstate
from community_portal.people.staff.managing import give_estate, manager_of
from community_portal.refusals import Refusal
from safety.actions import retrofit_checks, retrofits
from safety.models import Retrofit, RetrofitCheck
from tests.cast import MONDAY, make_cast
from tests.race import all_at_once
from tests.safety.retrofitting import DAY, YES, Site, ask, make_done, make_firm, make_retrofit, make_running, make_site

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site() -> Site:
    return make_site(make_cast())


def fresh(retrofit: Retrofit) -> Retrofit:
    return Retrofit.objects.select_related("case", "community__street", "estate").get(pk=retrofit.pk)


def went(answers: list[Any]) -> int:
    assert all(answer is None or isinstance(answer, Refusal) for answer in answers), answers
    return sum(answer is None for answer in answers)


def test_it_is_accepted_once(site: Site) -> None:
    retrofit = make_done(site)
    deeds: list[Callable[[], Any]] = [
        lambda: retrofits.accept(fresh(retrofit), by=site.safety, at=MONDAY + 9 * DAY)
        for _n in range(5)
    ]  # fmt: skip
    assert went(all_at_once(deeds)) == 1
    assert RetrofitCheck.objects.count() == 2


def test_it_is_tested_once(site: Site) -> None:
    retrofit, at = make_running(site), MONDAY + 39 * DAY
    passes = [lambda: retrofit_checks.pass_test(fresh(retrofit), tested=2, working=2, by=site.safety, at=at)] * 3
    fails = [
        lambda: retrofit_checks.fail_test(fresh(retrofit), tested=2, working=1, words="不出水", by=site.safety, at=at)
    ] * 3
    assert went(all_at_once([*passes, *fails])) == 1
    done = RetrofitCheck.objects.get(done_on__isnull=False)
    assert fresh(retrofit).state == ("running" if done.passed else "works")


def test_no_more_answers_than_households_at_once(site: Site) -> None:
    survey = ask(make_retrofit(site), site, base=4, yes=2)
    deeds: list[Callable[[], Any]] = [
        lambda n=n: answer_survey(  # type: ignore[misc]
            Survey.objects.get(pk=survey.pk), household=f"9{n}室", answers={"q1": YES}, channel="door", by=site.keeper, at=MONDAY
        )
        for n in range(6)
    ]  # fmt: skip
    answers = all_at_once(deeds)
    assert sum(isinstance(answer, Refusal) for answer in answers) == 4
    assert survey.answers.count() == 4


def test_an_estate_goes_to_one_company(site: Site) -> None:
    firms = [make_firm(f"物业{n}", f"keeper-{n}")[0] for n in range(4)]
    on = clock.today() + dt.timedelta(days=9)
    deeds: list[Callable[[], Any]] = [
        lambda firm=firm: give_estate(  # type: ignore[misc]
            site.estate, organisation=firm, since=on, by=site.cast.manager, at=clock.now()
        )
        for firm in firms
    ]
    answers = all_at_once(deeds)
    assert sum(isinstance(answer, ManagedEstate) for answer in answers) == 1
    assert manager_of(site.estate, on=on) in firms
