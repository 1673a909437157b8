"""坏了，报修: from the page of an adaptation to the builder, and until the home says that it works."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from community_portal import clock
from community_portal.casework.actions import commission
from community_portal.casework.models import Attachment, Commission
from community_portal.dashboards.fold import fold_figures
from community_portal.dashboards.periods import Period
from community_portal.dashboards.reading import reading_of
from community_portal.matters.deeds import perform
from community_portal.measure import FIGURES
from community_portal.outbox.kinds import KINDS as MESSAGES
from community_portal.outbox.models import Message
from community_portal.people.models import Membership, Role
from community_portal.refusals import NotAllowed, Refusal
from eldercare.actions.warranty import report_fault
from eldercare.models import Adaptation, ProductRecord, WarrantyTicket
from eldercare.queries.warranty import products_of
from eldercare.workflow.states import State
from eldercare.workflow.warranty import STATES, WARRANTY, Fixing
from tests.casework.photos import photo
from tests.cast import Cast
from tests.eldercare.built import LATER, fresh, make_lived_with, move_to, snapshot
from tests.factories import make_member
from tests.matters.walk import broken_rules, people_of

pytestmark = pytest.mark.django_db
ON = LATER.date()
YEAR = dt.timedelta(days=365)


def lived_with(cast: Cast, *, until: dt.date | None = ON + YEAR) -> tuple[Adaptation, ProductRecord, Any]:
    """A bed that was accepted, its builder, and until when it is under warranty."""
    adaptation, man = make_lived_with(cast, until=until)
    return adaptation, products_of(adaptation).get(line__item__code="bed"), man


def report(cast: Cast, by: Any = None, *, until: dt.date | None = ON + YEAR, **over: Any) -> WarrantyTicket:
    adaptation, product, _man = lived_with(cast, until=until)
    given = {"product": product, "words": "床头升不起来", "by": by or cast.elder_account, "at": LATER} | over
    return report_fault(adaptation, **given)


def do(ticket: WarrantyTicket, step: str, by: Any, **data: Any) -> WarrantyTicket:
    perform(ticket, step, data={"words": "写一句"} | data, by=by, at=LATER)
    return WarrantyTicket.objects.get(pk=ticket.pk)


def builder_of(ticket: WarrantyTicket) -> Any:
    firm = ticket.adaptation.contractor
    return firm, Membership.objects.get(organisation=firm).user


def told(kind: str) -> int:
    return Message.objects.filter(kind=kind).count()


def test_under_warranty_it_goes_to_who_built_it_in_the_same_deed(cast: Cast) -> None:
    ticket = report(cast, photos=[snapshot("broken")])
    firm, man = builder_of(ticket)
    assert (ticket.state, ticket.under_warranty, ticket.contractor_id) == (Fixing.SENT, True, firm.pk)
    assert WarrantyTicket.objects.visible_to(man).get() == ticket
    assert told("warranty_reported") and told("warranty_order")
    assert ticket.case.part_of == ticket.adaptation.case and ticket.case.number != ticket.adaptation.case.number
    assert Attachment.objects.filter(case=ticket.case).count() == 1
    assert ticket.open_tasks().get().role == Role.CONTRACTOR


@pytest.mark.parametrize("until", [None, ON - dt.timedelta(days=1)])
def test_out_of_warranty_it_says_so_and_eldercare_decides(cast: Cast, until: dt.date | None) -> None:
    ticket = report(cast, until=until)
    assert (ticket.state, ticket.under_warranty, ticket.contractor) == (Fixing.REPORTED, False, None)
    assert not Commission.objects.filter(flow="warranty").exists() and not told("warranty_order")
    carer, (firm, man) = make_member(Role.ELDERCARE, community=cast.home), builder_of(ticket)
    with pytest.raises(Refusal) as refused:
        do(ticket, "send_out", carer, contractor=None)
    assert refused.value.field == "contractor"
    ticket = do(ticket, "send_out", carer, contractor=firm)
    assert ticket.state == Fixing.SENT and WarrantyTicket.objects.visible_to(man).exists()


def test_the_last_day_of_the_warranty_counts(cast: Cast) -> None:
    assert report(cast, until=ON).under_warranty


def test_found_repaired_with_a_photo_and_confirmed_by_the_home(cast: Cast) -> None:
    ticket = report(cast)
    _firm, man = builder_of(ticket)
    ticket = do(ticket, "find_fault", man, words="电机线松了")
    with pytest.raises(Refusal) as refused:
        do(ticket, "repair", man, words="换了线", photos=[])
    assert refused.value.field == "photos"
    ticket = do(ticket, "repair", man, words="换了线", photos=[snapshot("whole")])
    assert (ticket.state, ticket.found, ticket.repaired) == (Fixing.REPAIRED, "电机线松了", "换了线")
    assert told("warranty_repaired")
    ticket = do(ticket, "confirm", cast.elder_account)
    assert ticket.state == Fixing.CLOSED and ticket.closed_at


def test_not_fixed_goes_back_to_the_builder_who_hears_of_it(cast: Cast) -> None:
    ticket = report(cast)
    _firm, man = builder_of(ticket)
    ticket = do(ticket, "find_fault", man)
    ticket = do(ticket, "repair", man, photos=[snapshot("whole")])
    before = told("warranty_order")
    ticket = do(ticket, "not_fixed", cast.elder_account, words="还是不动")
    assert (ticket.state, ticket.repaired_at) == (Fixing.SENT, None) and told("warranty_order") == before + 1


def test_given_back_the_builder_sees_it_no_more(cast: Cast) -> None:
    ticket = report(cast)
    _firm, man = builder_of(ticket)
    ticket = do(ticket, "give_back", man, words="不是我们装的")
    assert ticket.state == Fixing.REPORTED and not WarrantyTicket.objects.visible_to(man).exists()


def test_each_message_is_true_only_while_it_is(cast: Cast) -> None:
    ticket = report(cast)
    order = Message.objects.filter(kind="warranty_order").first()
    assert order and MESSAGES["warranty_order"].untrue_because(order, LATER) == ""
    do(ticket, "withdraw", cast.elder_account, words="自己好了")
    assert MESSAGES["warranty_order"].untrue_because(order, LATER)
    assert not WarrantyTicket.objects.visible_to(builder_of(ticket)[1]).exists()


def test_one_product_is_reported_once_at_a_time(cast: Cast) -> None:
    ticket = report(cast)
    with pytest.raises(Refusal) as refused:
        report_fault(ticket.adaptation, product=ticket.product, words="又坏了", by=cast.reception, at=LATER)
    assert refused.value.code == "reported"
    do(ticket, "withdraw", cast.elder_account)
    report_fault(ticket.adaptation, product=ticket.product, words="又坏了", by=cast.reception, at=LATER)


def test_nobody_else_reports_and_nothing_before_the_acceptance(cast: Cast) -> None:
    adaptation, product, _man = lived_with(cast)
    with pytest.raises(NotAllowed):
        report_fault(adaptation, product=product, words="坏了", by=cast.stranger, at=LATER)
    move_to(adaptation, State.ACCEPTING)
    with pytest.raises(Refusal):
        report_fault(fresh(adaptation), product=product, words="坏了", by=cast.elder_account, at=LATER)


def test_no_state_without_what_it_means(cast: Cast) -> None:
    ticket = WarrantyTicket.objects.filter(pk=report(cast).pk)
    for wrong in ({"contractor": None}, {"state": Fixing.FOUND}, {"state": Fixing.REPAIRED}, {"state": "lost"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ticket.update(**wrong)


def test_limits_are_rule_data(cast: Cast) -> None:
    ticket = report(cast)
    for state, days in ((Fixing.REPORTED, 2), (Fixing.SENT, 2), (Fixing.FOUND, 5), (Fixing.REPAIRED, 5)):
        limit = STATES[state].limit(ticket)
        assert limit is not None and limit.amount == days


def test_the_figure_counts_what_is_open(cast: Cast) -> None:
    ticket = report(cast)
    assert open_tickets(cast) == 1
    do(ticket, "withdraw", cast.elder_account)
    assert open_tickets(cast) == 0


def open_tickets(cast: Cast) -> Any:
    fold_figures()
    return FIGURES["warranty_open"].value(reading_of([cast.home.pk], Period(ON, ON, "")))


@pytest.mark.parametrize("step", [step.name for step in WARRANTY.steps])
def test_step_is_open_exactly_where_the_table_says(step: str, cast: Cast) -> None:
    ticket = report(cast)
    firm, man = builder_of(ticket)
    carer = make_member(Role.ELDERCARE, community=cast.home)
    commission(ticket, organisation=firm, role=Role.CONTRACTOR, by=None, at=LATER)

    def put_into(state: str) -> WarrantyTicket:
        ended = LATER if STATES[state].is_end else None
        times = {"found_at": LATER, "repaired_at": LATER}
        WarrantyTicket.objects.filter(pk=ticket.pk).update(state=state, closed_at=ended, contractor=firm, **times)
        ticket.open_tasks().update(state=state, role=STATES[state].owner)
        return WarrantyTicket.objects.select_related("case__resident", "community__street").get(pk=ticket.pk)

    broken = broken_rules(
        WARRANTY,
        WARRANTY.by_name[step],
        people=people_of(cast, eldercare=carer, contractor=man),
        put_into=put_into,
        data={"words": "写一句说明", "contractor": firm, "photos": [snapshot("whole")]},
        at=LATER,
    )
    assert list(broken) == []


def test_reported_from_the_page_of_the_home(cast: Cast, signed_in: Any) -> None:
    adaptation, product, _man = lived_with(cast, until=clock.today() + YEAR)
    number, client = adaptation.case.number, signed_in(cast.elder_account)
    assert "坏了，报修" in client.get(f"/my/eldercare/{number}/").content.decode()
    page = f"/my/eldercare/{number}/warranty/"
    until = f"保修到 {clock.today() + YEAR:%Y年}"  # the year, where it is another
    assert until in client.get(page).content.decode()
    assert until in signed_in(cast.manager).get(f"/eldercare/{number}/").content.decode()
    empty = client.post(page, {"once": "a", "words": ""})
    assert empty.status_code == 422 and "请选是哪一件坏了。" in empty.content.decode()
    sent = {"once": "b", "product": product.pk, "words": "床头升不起来", "photos": SimpleUploadedFile("a.jpg", photo())}
    answer = client.post(page, sent, follow=True)
    ticket = WarrantyTicket.objects.get()
    assert answer.request["PATH_INFO"] == f"/my/warranty/{ticket.case.number}/"
    assert "安居施工队" in answer.content.decode()


def test_the_builder_reads_the_ticket_and_staff_the_panel(cast: Cast, signed_in: Any) -> None:
    ticket = report(cast)
    _firm, man = builder_of(ticket)
    theirs: Client = signed_in(man)
    page = theirs.get(f"/warranty/{ticket.case.number}/")
    assert page.status_code == 200 and "查到毛病" in page.content.decode()
    desk: Client = signed_in(cast.reception)
    shown = desk.get(f"/eldercare/{ticket.adaptation.case.number}/").content.decode()
    assert "报修在办" in shown and ticket.case.number in shown
    assert desk.get("/eldercare/warranty/").status_code == 200
