"""What is counted of works and acceptance, exactly, and that each number opens to its rows."""

from decimal import Decimal

import pytest

from community_portal.dashboards.fold import fold_figures
from community_portal.dashboards.periods import Period
from community_portal.dashboards.reading import reading_of
from community_portal.measure import FIGURES
from eldercare.actions.acceptance import record_interview
from eldercare.actions.after import settle
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
