"""From the application to the order, step by step through the actions, and what each refuses."""

import datetime as dt

import pytest
import time_machine

from community_portal.casework.models import Commission
from community_portal.outbox.models import Message
from eldercare.actions import applications, orders, plans, public_notice
from eldercare.models import Adaptation, Programme, WorkOrder
from eldercare.workflow.states import State
from tests.cast import Cast
from tests.eldercare.adapting import (
    DAY,
    HOUR,
    add_line,
    apply,
    decide,
    fresh,
    make_builder,
    make_carer,
    make_eligible,
    sign,
)
from tests.eldercare.elders import MONDAY

pytestmark = pytest.mark.django_db


def test_an_application_goes_all_the_way_to_the_builder(cast: Cast) -> None:
    make_eligible(cast)
    carer, (firm, worker) = make_carer(cast), make_builder()
    made = apply(cast)
    applications.submit(made, by=cast.reception, at=MONDAY)
    assert made.state == State.SUBMITTED and made.submitted_at == MONDAY
    Adaptation.objects.filter(pk=made.pk).update(state=State.REVIEWED)
    made = fresh(made)
    decide(made, cast)
    assert (made.notice_from, made.notice_until) == (dt.date(2026, 11, 24), dt.date(2026, 12, 1))
    with time_machine.travel(MONDAY + 9 * DAY, tick=False):
        public_notice.end_notice(fresh(made), by=cast.street_officer, at=MONDAY + 9 * DAY)
    Adaptation.objects.filter(pk=made.pk).update(state=State.PLANNING)
    made = fresh(made)
    add_line(made, "rail", by=carer, quantity="2", price="300")
    add_line(made, "bed", by=carer, price="2500", why="起不了身")
    plans.propose(made, by=carer, at=MONDAY + 9 * DAY + HOUR)
    assert (made.subsidy, made.self_pay, made.bound) == (600, 2500, 600)
    assert Programme.objects.get().committed == 600
    sign(made, at=MONDAY + 9 * DAY + 2 * HOUR)
    made = fresh(made)
    orders.order(made, contractor=firm, by=carer, at=MONDAY + 9 * DAY + 3 * HOUR)
    order = WorkOrder.objects.get()
    assert (made.state, order.contractor, order.plan) == (State.ORDERED, firm, made.signed_plan)
    assert Commission.objects.get().role == "contractor"
    assert Adaptation.objects.visible_to(worker).get() == made
    assert Message.objects.filter(kind="adapt_order", user=worker).exists()
