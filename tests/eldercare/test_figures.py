"""What is counted of works and acceptance, exactly, and that each number opens to its rows."""

import datetime as dt
from decimal import Decimal

import pytest

from community_portal import clock
from community_portal.dashboards.fold import fold_figures
from community_portal.dashboards.periods import Period
from community_portal.dashboards.reading import reading_of
from community_portal.dues.models import DueItem
from community_portal.measure import FIGURES
from eldercare.actions.acceptance import record_interview
from eldercare.actions.after import settle
from eldercare.actions.register import open_profile, record_welfare_visit
from eldercare.forgetting import forget_words_of_homes
from eldercare.models import Adaptation
from tests.eldercare.built import LATER, fresh
from tests.eldercare.test_after import accepted, bill
from tests.figures import totals

pytestmark = pytest.mark.django_db
DAY = Period(LATER.date(), LATER.date(), "")


def value(cast, name):
    return FIGURES[name].value(reading_of([cast.home.pk], DAY))


def test_accepted_paid_and_heard_are_counted(cast):
    adaptation = accepted(cast, "rail", "floor")
    said = {"name": "陈晓燕", "relation": "child", "score": 4, "strain_before": 5, "strain_after": 2}
    record_interview(fresh(adaptation), visit=None, by=cast.manager, at=LATER, **said)
    settle(adaptation, **bill(cast, amounts={"1": "250.50", "2": "500"}, invoice_sum=Decimal("750.50")))
    fold_figures()
    found = totals([cast.home.pk], DAY)
    assert (found["adaptations_accepted"], found["adaptations_first_pass"]) == (1, 1)
    assert found["adaptation_subsidy_fen"] == 75_050
    assert value(cast, "adaptation_subsidy") == 751
    assert value(cast, "adaptation_items_accepted") == 2
    assert value(cast, "adaptation_first_pass_rate") == 100
    assert value(cast, "adaptation_satisfaction") == 4.5
    assert value(cast, "carer_strain_change") == -3


def test_what_was_said_is_forgotten_and_the_score_stays(cast):
    adaptation = accepted(cast, "rail")
    forget_words_of_homes([cast.elder.pk])
    said = adaptation.interviews.get()
    assert (said.words, said.may_be_quoted, said.score) == ("", False, 5) and said.name != "陈平"
    assert Adaptation.objects.get(pk=adaptation.pk).accepted_items == 1


def test_items_are_counted_by_category_basic_and_optional_apart(cast):
    accepted(cast, "rail", "floor", "bed")
    fold_figures()
    figure = FIGURES["adaptation_items_accepted"]
    reading = reading_of([cast.home.pk], DAY)
    assert {label: n for label, n in reading.by_label(figure).items() if n} == {
        "地面改造:basic": 2,
        "地面改造:optional": 1,
    }
    assert figure.names_of_labels()["地面改造:basic"] == "地面改造 · 基础"


def test_a_visit_is_overdue_after_its_day_until_it_is_made(cast, monkeypatch):
    elder = open_profile(cast.elder, by=cast.officer, at=LATER)
    due = DueItem.objects.get(subject_ref=elder.ref)
    for day, late in ((due.due_on, 0), (due.due_on + dt.timedelta(days=1), 1)):
        monkeypatch.setattr(clock, "now", lambda day=day: clock.at_wall(day, dt.time(10)))
        assert FIGURES["welfare_visits_overdue"].value(reading_of([cast.home.pk], DAY)) == late
    record_welfare_visit(elder, was_seen=True, by=cast.officer, at=clock.now())
    assert FIGURES["welfare_visits_overdue"].value(reading_of([cast.home.pk], DAY)) == 0


def test_every_figure_of_this_half_is_there():
    names = (
        "adaptation_applied", "adaptation_eligible", "adaptations_accepted", "adaptation_items_accepted",
        "adaptation_first_pass_rate", "adaptation_days_median", "adaptation_subsidy", "adaptation_self_pay",
        "adaptation_satisfaction", "carer_strain_change", "assessments_signed", "welfare_visits_due",
        "welfare_visits_done", "welfare_visits_overdue", "warranty_open",
    )  # fmt: skip
    assert set(names) <= set(FIGURES)
