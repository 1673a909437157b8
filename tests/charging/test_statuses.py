"""What vendors say of sockets: once each, the newest on the socket in whatever order it arrives, all of a call or nothing."""

import datetime as dt
import random
import threading
import time
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from ocpp.v16.enums import ChargePointErrorCode, ChargePointStatus

from charging.actions.statuses import Conflicts, Heard, hear_from, take_statuses
from charging.models import Port, PortStatus
from charging.partitions import keep_partitions, make_partition, month_of, name_of, partitions
from charging.queries.freshness import with_age, working
from charging.status_words import IN_CHINESE, OCPI_22, OCPP_16, OCPP_ERRORS, PortState, read_state
from charging.tasks import make_tables_ahead
from community_portal import clock
from community_portal.refusals import Refusal
from tests.cast import Cast
from tests.charging.boxes import heard, make_operator, make_ports
from tests.factories import make_community

NOW = clock.now().replace(microsecond=0)


def ago(**how: int) -> dt.datetime:
    return NOW - dt.timedelta(**how)


def take(events: list[Heard], operator: Any, **more: Any) -> Any:
    return take_statuses(events, operator=operator, channel="api", at=more.pop("at", NOW), **more)


# ---- words ------------------------------------------------------------------------------------------------------------
MEANT = {
    "Available": "available", "Preparing": "in_use", "Charging": "in_use", "SuspendedEVSE": "in_use",
    "SuspendedEV": "in_use", "Finishing": "in_use", "Reserved": "unavailable", "Unavailable": "unavailable",
    "Faulted": "faulted",
    "AVAILABLE": "available", "BLOCKED": "unavailable", "CHARGING": "in_use", "INOPERATIVE": "unavailable",
    "OUTOFORDER": "faulted", "PLANNED": "unavailable", "REMOVED": "unavailable", "RESERVED": "unavailable",
    "UNKNOWN": "unknown",
    "空闲": "available", "空": "available", "充电中": "in_use", "充电": "in_use", "占用": "in_use", "充满": "in_use",
    "故障": "faulted", "坏了": "faulted", "停用": "unavailable", "维护": "unavailable", "离线": "unknown", "未知": "unknown",
    "available": "available", "in_use": "in_use", "faulted": "faulted", "unavailable": "unavailable", "unknown": "unknown",
}  # fmt: skip


@pytest.mark.parametrize(("word", "state"), MEANT.items())
def test_every_word_means_what_it_means(word: str, state: str):
    assert read_state(word) == (PortState(state), word)


def test_every_word_of_each_standard_is_known():
    assert set(OCPP_16) == {status.value for status in ChargePointStatus}
    assert set(OCPP_ERRORS) == {error.value for error in ChargePointErrorCode}
    assert set(OCPI_22) == {
        "AVAILABLE", "BLOCKED", "CHARGING", "INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED", "RESERVED", "UNKNOWN",
    }  # fmt: skip
    assert set(OCPP_16) | set(OCPI_22) | set(IN_CHINESE) <= set(MEANT)


@pytest.mark.parametrize("word", ["", "Exploded", "空闲中?", "available!"])
def test_what_nobody_knows_is_unknown_and_kept(word: str):
    assert read_state(f"  {word} ") == (PortState.UNKNOWN, word)


# ---- ingest -----------------------------------------------------------------------------------------------------------
def test_a_call_is_kept_and_the_newest_stands_on_the_socket(cast: Cast):
    operator, (port, other, *_rest) = make_ports(cast.home)
    taken = take(
        [
            heard(port, "Available", ago(minutes=9)),
            heard(port, "Faulted", ago(minutes=3), vendor_code="GroundFailure"),
            heard(port, "Charging", ago(minutes=6)),
            heard(other, "Exploded", ago(minutes=1)),
        ],
        operator,
    )
    assert taken == (taken.__class__(4, 0))
    port.refresh_from_db()
    assert (port.state, port.raw, port.vendor_code, port.state_at, port.state_source) == (
        "faulted", "Faulted", "GroundFailure", ago(minutes=3), "api",
    )  # fmt: skip
    other.refresh_from_db()
    assert (other.state, other.raw) == ("unknown", "Exploded")
    assert PortStatus.objects.count() == 4


def test_older_news_that_comes_later_changes_nothing_but_the_history(cast: Cast):
    operator, (port, *_rest) = make_ports(cast.home)
    take([heard(port, "Faulted", ago(minutes=1))], operator)
    take([heard(port, "Available", ago(minutes=2))], operator)
    port.refresh_from_db()
    assert (port.state, PortStatus.objects.filter(port=port).count()) == ("faulted", 2)


def test_sent_again_it_counts_once(cast: Cast):
    operator, (port, *_rest) = make_ports(cast.home)
    events = [heard(port, "Available", ago(minutes=2)), heard(port, "Charging", ago(minutes=1))]
    take(events, operator)
    assert take(events, operator).new == 0
    assert take([*events, heard(port, "Available", NOW)], operator) == type(take([], operator))(1, 2)
    assert PortStatus.objects.count() == 3


@pytest.mark.parametrize("change", [{"word": "Faulted"}, {"at": ago(days=30)}, {"vendor_code": "x"}])
def test_the_same_number_with_other_content_is_refused_and_the_first_stays(cast: Cast, change: dict[str, Any]):
    operator, (port, other, *_rest) = make_ports(cast.home)
    first = heard(port, "Available", ago(minutes=2), "one")
    take([first], operator)
    changed = Heard(**{**first.__dict__, **change})
    with pytest.raises(Conflicts) as refused:
        take([heard(other, "Charging", NOW), changed], operator)
    assert (refused.value.status, refused.value.ids) == (409, ["one"])
    other.refresh_from_db()
    assert (other.state, PortStatus.objects.get().raw) == ("unknown", "Available")
    with pytest.raises(Conflicts):
        take([heard(other, "Charging", NOW, "two"), heard(other, "Faulted", NOW, "two")], operator)


def test_another_vendor_may_use_the_same_number(cast: Cast):
    operator, (port, *_rest) = make_ports(cast.home)
    second, (theirs, *_rest) = make_ports(cast.home)
    take([heard(port, "Available", NOW, "one")], operator)
    take([heard(theirs, "Charging", NOW, "one")], second)
    assert PortStatus.objects.count() == 2


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NOW + dt.timedelta(minutes=5, seconds=1), "future"),
        (NOW + dt.timedelta(days=7), "future"),
        (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), "too_old"),
        (ago(days=31, seconds=1), "too_old"),
    ],
)
def test_a_moment_that_cannot_be_refuses_the_whole_call(cast: Cast, at: dt.datetime, code: str):
    operator, (port, *_rest) = make_ports(cast.home)
    with pytest.raises(Refusal) as refused:
        take([heard(port, "Available", NOW), heard(port, "Charging", at)], operator)
    assert (refused.value.code, refused.value.field) == (code, "events.1")
    assert not PortStatus.objects.exists()


def test_a_clock_that_runs_five_minutes_fast_is_taken(cast: Cast):
    operator, (port, *_rest) = make_ports(cast.home)
    assert take([heard(port, "Available", NOW + dt.timedelta(minutes=5))], operator).new == 1
    assert take([heard(port, "Available", ago(days=31))], operator).new == 1


def test_sockets_of_others_removed_ones_and_too_many_are_refused(cast: Cast):
    operator, (port, *_rest) = make_ports(cast.home, sockets=12)
    for other in (make_operator(), make_ports(cast.next_door)[0]):
        with pytest.raises(Refusal, match="不是你们的"):
            take([heard(port, "Available", NOW)], other)
    with pytest.raises(Refusal, match="没有这个插座"):
        take([Heard("x", NOW, "Available", port=f"{port.point.code}-13")], operator)
    Port.objects.filter(pk=port.pk).update(removed_on=clock.today(), removed_why="撞坏了")
    with pytest.raises(Refusal, match="已经拆了"):
        take([heard(port, "Available", NOW)], operator)
    with pytest.raises(Refusal, match="最多 2000 条"):
        take([heard(port, "Available", NOW)] * 2001, operator)


def test_a_vendor_may_name_its_own_point(cast: Cast):
    operator, ports = make_ports(cast.home, vendor_id="YC-0007")
    take([Heard("a", NOW, "Charging", point="YC-0007", number=4)], operator)
    assert Port.objects.get(pk=ports[3].pk).state == "in_use"
    with pytest.raises(Refusal):
        take([Heard("b", NOW, "Charging", point="YC-0007", number=40)], operator)


def test_looking_writes_nothing(cast: Cast):
    operator, (port, *_rest) = make_ports(cast.home)
    assert take([heard(port, "Charging", NOW)], operator, is_dry=True).new == 1
    port.refresh_from_db()
    assert (port.state_at, PortStatus.objects.count()) == (None, 0)


MOMENTS = st.integers(0, 40)
EVENTS = st.lists(
    st.tuples(st.integers(0, 2), MOMENTS, st.sampled_from(["Available", "Charging", "Faulted", "Nonsense"])),
    min_size=1,
    max_size=25,
)


@pytest.mark.django_db
@given(events=EVENTS, order=st.randoms(use_true_random=False), size=st.integers(1, 7))
@settings(max_examples=40, deadline=None)
def test_whatever_the_order_of_arrival_the_newest_is_right(
    django_db_blocker: Any, events: list[Any], order: random.Random, size: int
):
    with transaction.atomic():
        _arrives_in_any_order(events, order, size)
        transaction.set_rollback(True)


def _arrives_in_any_order(events: list[Any], order: random.Random, size: int) -> None:
    from_here = _ports_of_this_run()
    operator, ports = from_here
    said = [
        heard(ports[n], word, ago(minutes=moment), f"{number:03d}") for number, (n, moment, word) in enumerate(events)
    ]
    arriving = said * 2
    order.shuffle(arriving)
    for start in range(0, len(arriving), size):
        take(arriving[start : start + size], operator)
    assert PortStatus.objects.filter(source=operator).count() == len(said)
    for n, port in enumerate(ports):
        of_this = [one for one in said if one.port == port.code]
        newest = max(of_this, key=lambda one: (one.at, one.event_id), default=None)
        row = Port.objects.get(pk=port.pk)
        wanted = (read_state(newest.word).state, newest.at, newest.event_id) if newest else ("unknown", None, "")
        assert (row.state, row.state_at, row.state_event) == wanted, n


def _ports_of_this_run() -> Any:
    return make_ports(make_community(), sockets=3)


@pytest.mark.django_db(transaction=True)
def test_two_calls_of_one_vendor_at_once_lose_and_double_nothing(cast: Cast):
    operator, ports = make_ports(cast.home)
    events = [
        heard(port, word, ago(minutes=n), f"{port.number}-{n}")
        for port in ports
        for n, word in enumerate(["Available", "Charging", "Faulted"])
    ]
    news: list[int] = []

    def send(part: list[Heard]) -> None:
        news.append(take(part, operator).new)
        connections.close_all()

    threads = [threading.Thread(target=send, args=(random.Random(n).sample(events, len(events)),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(news), PortStatus.objects.count()) == (len(events), len(events))
    assert set(Port.objects.filter(pk__in=[p.pk for p in ports]).values_list("state", flat=True)) == {"available"}


def test_two_thousand_events_a_second(cast: Cast):
    """Five calls, one after the other, on whatever else this machine does."""
    operator, ports = make_ports(cast.home, sockets=20)
    calls = [
        [
            heard(random.choice(ports), random.choice(["Available", "Charging"]), ago(minutes=n % 40))
            for n in range(2000)
        ]
        for _call in range(5)
    ]
    started = time.perf_counter()
    for call in calls:
        take(call, operator)
    assert 10_000 / (time.perf_counter() - started) > 2_000
    assert PortStatus.objects.count() == 10_000


def test_a_call_asks_as_much_for_two_thousand_as_for_one(cast: Cast, django_assert_num_queries: Any):
    operator, ports = make_ports(cast.home)
    one = [heard(ports[0], "Available", NOW)]
    many = [heard(ports[n % 10], "Charging", ago(minutes=n % 60)) for n in range(500)]
    with connection.execute_wrapper(_Count()) as _nothing, transaction.atomic():
        pass
    first, second = _Count(), _Count()
    with connection.execute_wrapper(first):
        take(one, operator)
    with connection.execute_wrapper(second):
        take(many, operator)
    assert first.n + 1 >= second.n  # sockets that charge are asked for once whether a repair of theirs waits


class _Count:
    def __init__(self) -> None:
        self.n = 0

    def __call__(self, execute: Any, *args: Any) -> Any:
        self.n += 1
        return execute(*args)


# ---- age --------------------------------------------------------------------------------------------------------------
def shown(port: Port, at: dt.datetime = NOW) -> str:
    return with_age(Port.objects.filter(pk=port.pk), at=at).get().shown  # type: ignore[attr-defined]


def test_a_socket_not_heard_of_for_a_day_is_unknown_and_after_three_not_working(cast: Cast):
    operator, (port, *_rest) = make_ports(cast.home, sockets=2)
    assert shown(port) == "unknown"
    take([heard(port, "Available", ago(hours=1))], operator)
    heard_at = ago(hours=1)
    day, three = heard_at + dt.timedelta(hours=24), heard_at + dt.timedelta(hours=72)
    second = dt.timedelta(seconds=1)
    assert [shown(port, at) for at in (day - second, day, day + second)] == ["available", "available", "unknown"]
    assert [working(Port.objects.all(), at=at).count() for at in (three, three + second)] == [1, 0]


def test_a_box_that_says_it_is_there_keeps_its_sockets_known(cast: Cast):
    operator, (port, *_rest) = make_ports(cast.home)
    take([heard(port, "Available", ago(days=3))], operator)
    assert shown(port) == "unknown"
    hear_from([port.point_id], at=ago(minutes=5))
    assert shown(port) == "available"
    hear_from([port.point_id], at=ago(days=2))
    port.point.refresh_from_db()
    assert port.point.heard_at == ago(minutes=5)


def test_a_flash_is_not_shown(cast: Cast):
    """libocpp #809: "available" just before "unavailable"."""
    operator, (port, *_rest) = make_ports(cast.home)
    take([heard(port, "Faulted", ago(minutes=5))], operator)
    take([heard(port, "Available", ago(seconds=3))], operator)
    assert shown(port) == "faulted"
    take([heard(port, "Unavailable", ago(seconds=2))], operator)
    assert (shown(port), shown(port, NOW + dt.timedelta(seconds=4))) == ("faulted", "unavailable")


# ---- tables of months -------------------------------------------------------------------------------------------------
def test_the_next_months_have_their_tables(db: None):
    today = clock.today()
    wanted = {name_of(month_of(today, n)) for n in range(-2, 4)}
    assert wanted <= partitions()
    assert keep_partitions(on=today) == []
    later = month_of(today, 20)
    assert name_of(later) in keep_partitions(on=later)
    assert keep_partitions(on=later) == []
    make_tables_ahead()
    make_tables_ahead()


def test_each_event_lies_in_the_table_of_its_month_in_shanghai(cast: Cast):
    operator, (port, *_rest) = make_ports(cast.home)
    last = dt.datetime(2026, 10, 31, 15, 59, 59, tzinfo=dt.UTC)
    take(
        [heard(port, "Available", last), heard(port, "Charging", last + dt.timedelta(seconds=1))],
        operator,
        at=last + dt.timedelta(hours=1),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM charging_portstatus ORDER BY at")
        assert [row[0] for row in cursor.fetchall()] == ["charging_portstatus_2026_10", "charging_portstatus_2026_11"]


def test_news_of_a_month_without_a_table_makes_it(cast: Cast):
    operator, (port, *_rest) = make_ports(cast.home)
    far = clock.at_wall(month_of(clock.today(), 30), dt.time(9))
    take([heard(port, "Available", far)], operator, at=far)
    assert name_of(month_of(clock.today(), 30)) in partitions()


def test_the_database_keeps_an_event_once_a_month_and_knows_every_state(cast: Cast):
    operator, (port, *_rest) = make_ports(cast.home)
    row = {"source": operator, "event_id": "one", "port": port, "channel": "api", "received_at": NOW}
    PortStatus.objects.create(**row, state="available", at=ago(minutes=2))
    with pytest.raises(IntegrityError), transaction.atomic():
        PortStatus.objects.create(**row, state="available", at=ago(minutes=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        PortStatus.objects.create(**row | {"event_id": "two"}, state="gone", at=ago(minutes=1))


def test_a_table_is_made_twice_without_harm(db: None):
    month = month_of(clock.today(), 25)
    assert make_partition(month) == make_partition(month) == name_of(month)
