"""A socket does not work: two taps, the operator, repaired, and not the operator says that it works."""

import datetime as dt
import io
import threading
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from charging.actions.confirming import confirm, confirm_by_scan, not_found
from charging.actions.faults import repair, report_fault, send_out, still_broken, still_broken_by_scan
from charging.actions.statuses import take_statuses
from charging.models import Fault, FaultReport, Port
from charging.workflow.faults import Mending
from community_portal import clock
from community_portal.casework.escalation import escalate_overdue
from community_portal.casework.models import Attachment, Commission, Task
from community_portal.outbox.models import Message
from community_portal.people.models import Role
from community_portal.refusals import Changed, NotAllowed, Refusal
from tests.cast import Cast
from tests.charging.boxes import heard, make_operator_member, make_ports
from tests.factories import make_member
from tests.help_requests import take_in

NOW = clock.now().replace(microsecond=0)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def repairer(cast: Cast) -> Any:
    operator, ports = make_ports(cast.home)
    member = make_operator_member(operator, username="mender")
    member.ports = ports
    return member


def report(port: Port, **over: Any) -> Fault:
    return report_fault(port, **{"reason": "no_power", "at": NOW} | over).fault


def test_a_report_goes_to_the_operator_in_the_same_deed(cast: Cast, repairer: Any):
    take_statuses(
        [heard(repairer.ports[0], "Available", NOW - HOUR)],
        operator=repairer.ports[0].point.operator,
        channel="api",
        at=NOW,
    )
    port = Port.objects.select_related("point__site", "community").get(pk=repairer.ports[0].pk)
    fault = report(port)
    assert (fault.state, fault.case.resident, fault.community) == (Mending.WITH_OPERATOR, None, cast.home)
    assert fault.case.title == f"插座 {port.code}：插上没电"
    assert Commission.objects.in_force().of_row("port_fault", fault.pk).get().organisation == fault.operator
    said = fault.reports.get()
    assert (said.last_state, said.last_state_at) == ("available", NOW - HOUR)
    task = Task.objects.open().get(flow="port_fault")
    assert task.role == Role.OPERATOR
    assert Fault.objects.visible_to(repairer).get() == fault
    told = Message.objects.get(kind="port_fault_given")
    assert told.user == repairer


def test_the_operator_has_a_day_nights_included(cast: Cast, repairer: Any):
    friday_night = clock.at_wall(dt.date(2026, 11, 27), dt.time(23, 10))
    assert report(repairer.ports[0], at=friday_night).due_at == friday_night + 24 * HOUR


def test_where_the_operator_has_nobody_the_community_decides(cast: Cast):
    _operator, ports = make_ports(cast.home)
    fault = report(ports[0])
    charger = make_member(Role.CHARGING, community=cast.home)
    assert fault.state == Mending.REPORTED
    send_out(fault, by=charger, at=NOW)
    assert fault.state == Mending.WITH_OPERATOR


def test_there_is_one_open_for_a_socket_and_others_join_and_are_told(cast: Cast, repairer: Any):
    port = repairer.ports[0]
    first = report(port, phone="+8613800002046")
    again = report_fault(port, reason="loose", at=NOW, by=cast.elder_account, phone="")
    third = report_fault(port, reason="no_power", at=NOW, phone="+8613800002046")
    assert (again.fault, again.joined, third.joined) == (first, True, True)
    assert FaultReport.objects.count() == 3
    assert Fault.objects.count() == 1
    repair(first, words="换了保险", by=repairer, at=NOW + HOUR)
    told = Message.objects.filter(kind="port_repaired")
    assert {(m.address, m.user) for m in told} == {("+8613800002046", None), ("", cast.elder_account)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Fault.objects.create(
            case=take_in(cast).case, community=cast.home, port=port, operator=first.operator, reason="hot",
            state="reported", state_since=NOW, opened_at=NOW,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_ten_who_scan_at_once_are_one_fault_and_ten_voices(cast: Cast, repairer: Any):
    port = repairer.ports[0]

    def scan() -> None:
        report_fault(
            Port.objects.select_related("point__site", "point__operator", "community__street").get(pk=port.pk),
            reason="hot",
            at=NOW,
        )
        connections.close_all()

    threads = [threading.Thread(target=scan) for _n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Fault.objects.count(), FaultReport.objects.count()) == (1, 10)


def test_repaired_then_confirmed_by_a_scan(cast: Cast, repairer: Any):
    fault = report(repairer.ports[0], phone="+8613800002046")
    repair(fault, words="换了插座", by=repairer, at=NOW + HOUR)
    confirm_by_scan(fault, at=NOW + 2 * HOUR)
    fault.refresh_from_db()
    assert (fault.state, fault.confirmed_by) == (Mending.CONFIRMED, "scan")
    assert fault.reports.get().phone == ""
    with pytest.raises(Changed):
        confirm_by_scan(fault, at=NOW + 3 * HOUR)


def test_repaired_then_confirmed_by_the_next_charging(cast: Cast, repairer: Any):
    port = repairer.ports[0]
    fault = report(port, at=NOW - 5 * HOUR)
    repair(fault, words="换了插座", by=repairer, at=NOW - 2 * HOUR)

    def say(word: str, at: dt.datetime) -> str:
        take_statuses([heard(port, word, at)], operator=fault.operator, channel="api", at=NOW)
        fault.refresh_from_db()
        return fault.state

    assert say("Charging", NOW - 3 * HOUR) == Mending.REPAIRED  # before the repair
    assert say("Available", NOW - HOUR) == Mending.REPAIRED
    assert say("Charging", NOW) == Mending.CONFIRMED
    assert fault.confirmed_by == "charging"


def test_still_broken_goes_back_and_they_are_told_again(cast: Cast, repairer: Any):
    fault = report(repairer.ports[0])
    repair(fault, words="换了插座", by=repairer, at=NOW + HOUR)
    still_broken_by_scan(fault, at=NOW + 2 * HOUR)
    fault.refresh_from_db()
    assert (fault.state, fault.repaired, fault.repaired_at) == (Mending.WITH_OPERATOR, "", None)
    assert Message.objects.filter(kind="port_fault_given").count() == 2
    repair(fault, words="再换一个", by=repairer, at=NOW + 3 * HOUR)
    assert report_fault(fault.port, reason="no_power", at=NOW + 4 * HOUR).fault == fault
    fault.refresh_from_db()
    assert fault.state == Mending.WITH_OPERATOR  # reported again is "still broken"


def test_who_repaired_it_does_not_confirm_it(cast: Cast, repairer: Any):
    fault = report(repairer.ports[0])
    repair(fault, words="好了", by=repairer, at=NOW)
    with pytest.raises(NotAllowed):
        confirm(fault, by=repairer, at=NOW)
    confirm(fault, by=make_member(Role.CHARGING, community=cast.home), at=NOW)
    assert fault.confirmed_by == "staff"


def test_nothing_found_says_so_to_whoever_reported(cast: Cast, repairer: Any):
    fault = report(repairer.ports[0], phone="+8613800002046")
    not_found(fault, words="插座好的，是车的充电器坏了", by=repairer, at=NOW)
    told = Message.objects.get(kind="port_fault_not_found")
    assert told.address == "+8613800002046"
    assert "充电器坏了" in told.context["words"]
    assert fault.reports.get().phone == ""
    assert report(repairer.ports[0]) != fault


def test_another_operator_sees_nothing_and_repairs_nothing(cast: Cast, repairer: Any):
    fault = report(repairer.ports[0])
    operator, _ports = make_ports(cast.home)
    other = make_operator_member(operator)
    assert not Fault.objects.visible_to(other).exists()
    with pytest.raises(NotAllowed):
        repair(fault, words="好了", by=other, at=NOW)


def test_a_staff_member_may_send_it_back(cast: Cast, repairer: Any):
    fault = report(repairer.ports[0])
    repair(fault, words="好了", by=repairer, at=NOW)
    still_broken(fault, words="去看过，还是没电", by=make_member(Role.CHARGING, community=cast.home), at=NOW)
    assert fault.state == Mending.WITH_OPERATOR


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"removed_on": dt.date(2026, 11, 1), "removed_why": "撞坏"}, "removed"),
        ({"in_service_on": None}, "not_in_service"),
    ],
)
def test_a_socket_that_does_not_serve_has_no_faults(cast: Cast, change: dict[str, Any], code: str):
    _operator, ports = make_ports(cast.home)
    Port.objects.filter(pk=ports[0].pk).update(**change)
    with pytest.raises(Refusal) as refused:
        report(Port.objects.select_related("point__site").get(pk=ports[0].pk))
    assert refused.value.code == code


def test_reason_and_number_of_photos(cast: Cast, repairer: Any):
    with pytest.raises(Refusal) as refused:
        report(repairer.ports[0], reason="sad")
    assert refused.value.field == "reason"
    with pytest.raises(Refusal) as refused:
        report(repairer.ports[0], photos=[None] * 4)
    assert refused.value.field == "photos"
    assert not Fault.objects.exists()


# ---- pages ------------------------------------------------------------------------------------------------------------
def picture(colour: int = 100) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (30, 30), (colour, 0, 0)).save(out, "JPEG")
    return SimpleUploadedFile("p.jpg", out.getvalue(), "image/jpeg")


@pytest.mark.usefixtures("fresh_limits")
def test_two_taps_without_signing_in(cast: Cast, repairer: Any):
    port = repairer.ports[2]
    client, page = Client(), reverse("charge_port", args=[port.code])
    shown = client.get(page)
    assert shown.status_code == 200
    assert "两下就报好" in shown.content.decode()
    answer = client.post(page, {"reason": "hot", "once": "a" * 32})
    assert answer.status_code == 303
    fault = Fault.objects.get()
    assert (fault.reason, fault.case.source, fault.reports.get().account) == ("hot", "online", None)
    again = client.get(page).content.decode()
    assert "烫手、焦味" in again and "已经有人报了" in again
    assert client.post(page, {"reason": "hot", "once": "a" * 32}).status_code == 303
    assert FaultReport.objects.count() == 1  # the same form counts once


@pytest.mark.usefixtures("fresh_limits")
def test_what_is_typed_wrong_stands_beside_its_field(cast: Cast, repairer: Any):
    page = reverse("charge_port", args=[repairer.ports[0].code])
    empty = Client().post(page, {"once": "b" * 32})
    assert empty.status_code == 422 and "请点一下是什么毛病" in empty.content.decode()
    bad = Client().post(page, {"reason": "hot", "phone": "12", "words": "冒烟了", "once": "c" * 32})
    assert bad.status_code == 422 and "冒烟了" in bad.content.decode()
    many = Client().post(page, {"reason": "hot", "photos": [picture(n) for n in range(20)], "once": "d" * 32})
    assert many.status_code == 422
    four = Client().post(page, {"reason": "hot", "photos": [picture(n) for n in range(0, 200, 50)], "once": "e" * 32})
    assert four.status_code == 422 and "最多 3 张照片" in four.content.decode()
    assert not Fault.objects.exists()


@pytest.mark.usefixtures("fresh_limits")
def test_photo_and_number_are_kept_and_only_for_staff(cast: Cast, repairer: Any):
    page = reverse("charge_port", args=[repairer.ports[0].code])
    sent = {"reason": "hot", "photos": [picture()], "phone": "13800002046", "words": "烫", "once": "f" * 32}
    assert Client().post(page, sent).status_code == 303
    photo = Attachment.objects.get()
    assert photo.event is not None and photo.event.flow == "port_fault"
    assert Attachment.objects.visible_to(repairer).get() == photo
    assert "138" not in Client().get(page).content.decode()
    assert Fault.objects.get().case.phone_tail == "2046"


@pytest.mark.usefixtures("fresh_limits")
def test_too_many_reports_of_one_socket_wait(cast: Cast, repairer: Any):
    page = reverse("charge_port", args=[repairer.ports[0].code])
    codes = [Client().post(page, {"reason": "hot", "once": f"{n:032d}"}).status_code for n in range(11)]
    assert codes == [303] * 10 + [422]
    assert "报得太多了" in Client().post(page, {"reason": "hot", "once": "g" * 32}).content.decode()


@pytest.mark.usefixtures("fresh_limits")
def test_whoever_scans_a_repaired_socket_says_whether_it_works(cast: Cast, repairer: Any):
    port, client = repairer.ports[0], Client()
    fault = report(port)
    page, tried = reverse("charge_port", args=[port.code]), reverse("confirm_port", args=[port.code])
    assert client.post(tried, {"works": "1", "once": "h" * 32}).status_code == 409
    repair(fault, words="换了保险", by=repairer, at=NOW)
    assert "说是修好了" in client.get(page).content.decode()
    assert client.post(tried, {"works": "0", "once": "i" * 32}).status_code == 303
    fault.refresh_from_db()
    assert fault.state == Mending.WITH_OPERATOR
    repair(fault, words="再换", by=repairer, at=NOW)
    assert client.post(tried, {"works": "1", "seen": "1", "once": "j" * 32}).status_code == 409
    assert client.post(tried, {"works": "1", "seen": fault.version, "once": "k" * 32}).status_code == 303
    assert "上次报修" in client.get(page).content.decode()


def test_the_operators_page(cast: Cast, repairer: Any, signed_in: Any, django_assert_num_queries: Any):
    fault = report(repairer.ports[0])
    done = report(repairer.ports[1])
    repair(done, words="好了", by=repairer, at=NOW)
    client = signed_in(repairer)
    page = client.get(reverse("charging_operator")).content.decode()
    assert fault.case.title in page and done.case.title in page and "等人确认" in page
    assert client.get(reverse("port_fault", args=[fault.case.number])).status_code == 200
    step = client.post(
        reverse("port_fault_step", args=[fault.case.number, "repair"]),
        {"words": "换了保险", "seen": fault.version, "once": "l" * 32},
    )
    assert step.status_code == 303
    assert client.get(reverse("port_faults")).status_code in (403, 404)
    other, _ports = make_ports(cast.home)
    assert (
        signed_in(make_operator_member(other)).get(reverse("port_fault", args=[fault.case.number])).status_code == 404
    )


def test_lists_ask_as_much_for_thirty(cast: Cast, repairer: Any, signed_in: Any):
    charger = make_member(Role.CHARGING, community=cast.home)
    _operator, more = make_ports(cast.home, sockets=30, operator=repairer.ports[0].point.operator)

    def asked(user: Any, page: str) -> int:
        client = signed_in(user)
        client.get(page)
        with CaptureQueriesContext(connection) as found:
            assert client.get(page).status_code == 200
        return len(found)

    pages = [(repairer, reverse("charging_operator")), (charger, reverse("port_faults"))]
    report(more[0])
    before = [asked(*page) for page in pages]
    for port in more[1:]:
        report(port)
    assert [asked(*page) for page in pages] == before


def test_overdue_reaches_the_operator_and_the_manager(cast: Cast, repairer: Any):
    fault = report(repairer.ports[0])
    with time_machine.travel(NOW + 25 * HOUR, tick=False):
        escalate_overdue(at=clock.now())
        told = Message.objects.filter(kind="task_overdue")
    assert {m.user for m in told} >= {repairer, cast.manager}
    assert fault.case.number in str(told[0].context)


@pytest.mark.usefixtures("fresh_limits")
def test_a_socket_is_reported_on_the_page_of_all_reports_and_followed_by_its_code(cast: Cast, repairer: Any):
    page, client = reverse("report_kind", args=["socket"]), Client()
    assert client.get(page).status_code == 200
    wrong = client.post(page, {"socket": "NO-1", "reason": "hot", "who": "anonymous", "once": "a" * 32})
    assert wrong.status_code == 422 and "没有这个编号" in wrong.content.decode()
    sent = {"socket": repairer.ports[0].code.lower(), "reason": "hot", "words": "", "who": "anonymous"}
    assert client.post(page, sent | {"once": "b" * 32}).status_code == 303
    fault = Fault.objects.get()
    assert (fault.port, len(fault.case.phone_tail), fault.reports.get().account) == (repairer.ports[0], 6, None)
    again = client.post(page, sent | {"once": "c" * 32})
    assert again.status_code in (409, 422) and "已经有人报了" in again.content.decode()
    assert FaultReport.objects.count() == 1
