"""Deeds on the register, each with who may and who may not."""

import datetime as dt
import threading

import pytest
from django.apps import apps
from django.db import connections

from community_portal import clock
from community_portal.people import actions
from community_portal.people.models import Consent, Household, Organisation, Resident, ViewLog
from community_portal.people.own_account.consents import WORDINGS, give_consent, withdraw_consent
from community_portal.people.register.queries import find_duplicates
from community_portal.people.register.search import search_residents
from community_portal.refusals import Changed, NotAllowed, Refusal
from tests.cast import make_cast
from tests.factories import make_member, make_resident, make_user
from tests.people.id_numbers import number_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_cast()


def register(people, **over):
    given = {"community": people.home, "name": "孙桂兰", "by": people.reception, "at": clock.now()}
    return actions.register_resident(**given | over)


def test_a_whole_file(people):
    resident = register(
        people,
        phones=["138 1111 2222", "80001018", "13811112222"],
        address="龙田花苑12栋 504",
        id_number=number_for(born="19380216", serial="002").lower(),
        care_tags=["lives_alone", "key_care"],
        note="听力不好",
    )
    assert [c.phone for c in resident.contacts.all()] == ["+8613811112222", "+8651380001018"]
    assert resident.contacts.get(is_primary=True).phone == "+8613811112222"
    assert (resident.household.building, resident.household.room) == (people.building, "504")
    assert resident.household.grid == people.grid
    assert (resident.born_on, resident.sex) == (dt.date(1938, 2, 16), "f")
    assert resident.care_tags == ["key_care", "lives_alone"]
    assert (resident.pinyin, resident.door) == ("sunguilan", "12-504")
    assert Resident.objects.get(pk=resident.pk).id_number == number_for(born="19380216", serial="002")


def test_the_number_is_encrypted_in_the_table(people, django_assert_num_queries):
    resident = register(people, id_number=number_for())
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT id_number, id_hash FROM people_resident WHERE id = %s", [resident.pk])
        stored, hashed = cursor.fetchone()
    assert number_for() not in stored and number_for() not in hashed
    assert len(hashed) == 64


def test_only_a_name_is_needed(people):
    resident = register(people)
    assert (resident.household, resident.id_number, resident.contacts.count()) == (None, None, 0)


def test_words_of_a_self_built_house_are_an_address(people):
    one, two = (
        register(people, address="龙田村 5 组 12 号"),
        register(people, name="孙二", address="龙田村 5 组  12 号"),
    )
    assert one.household == two.household
    assert str(one.household) == "龙田村 5 组 12 号"


BAD = [
    ({"name": "孙"}, "name"),
    ({"name": "孙\u200b兰"}, "name"),
    ({"phones": ["12345"]}, "phone"),
    ({"phones": ["1381111"]}, "phone"),
    ({"id_number": "320602195001010"}, "id_number"),
    ({"id_number": "320602195001010000"}, "id_number"),
    ({"id_number": number_for(born="20991231")}, "id_number"),
    ({"id_number": number_for(), "born_on": dt.date(1951, 1, 1)}, "born_on"),
    ({"born_on": dt.date(2099, 1, 1)}, "born_on"),
    ({"born_on": dt.date(1850, 1, 1)}, "born_on"),
    ({"address": "街" * 201}, "address"),
    ({"care_tags": ["rich"]}, "care_tags"),
    ({"note": "字" * 301}, "note"),
]


@pytest.mark.parametrize(("over", "field"), BAD)
def test_each_wrong_thing_is_named_and_nothing_is_written(people, over, field):
    before = Resident.objects.count()
    with pytest.raises(Refusal) as refusal:
        register(people, **over)
    assert refusal.value.field == field
    assert Resident.objects.count() == before


def test_the_same_number_twice_is_refused_in_one_community_only(people):
    register(people, id_number=number_for())
    with pytest.raises(Refusal) as refusal:
        register(people, name="孙桂英", id_number=number_for())
    assert (refusal.value.code, refusal.value.status) == ("id_on_file", 409)
    register(people, community=people.next_door, by=people.stranger, id_number=number_for())


@pytest.mark.parametrize("name", ["𠮷田", "王㛃", "李\U0002ebf0"])
def test_rare_characters_survive_storing_and_searching(people, name):
    resident = register(people, name=name)
    assert Resident.objects.get(pk=resident.pk).name == name
    assert [r.pk for r in search_residents(people.reception, name)] == [resident.pk]


def test_find_or_register_finds_before_it_registers(people):
    given = {"community": people.home, "name": "陈平", "by": people.reception, "at": clock.now()}
    assert actions.find_or_register(phone="138 0000 2046", **given) == people.elder
    daughter = actions.find_or_register(phone="13800002046", **given | {"name": "陈小平"})
    assert daughter != people.elder, "a shared phone does not make one person of two"
    assert actions.find_or_register(phone="13800002046", **given | {"name": "陈小平"}) == daughter


def test_duplicates_surest_first(people):
    by_id = register(people, id_number=number_for(born="19380216"))
    by_birth = make_resident(community=people.home, name="李想", born_on=dt.date(1960, 5, 5), phone=None)
    make_resident(community=people.next_door, name="李想", born_on=dt.date(1960, 5, 5))
    found = find_duplicates(
        people.home, name="李想", born_on=dt.date(1960, 5, 5), id_hash=by_id.id_hash, phones=["+8613800002046"]
    )
    assert [(likeness.resident, likeness.why) for likeness in found] == [
        (by_id, "id"),
        (by_birth, "name_born"),
        (people.elder, "phone"),
    ]


def test_same_sound_and_birthday_is_worth_a_look(people):
    one = make_resident(community=people.home, name="张晓明", born_on=dt.date(1960, 5, 5), phone=None)
    found = find_duplicates(people.home, name="章小明", born_on=dt.date(1960, 5, 5), id_hash="", phones=[])
    assert [(likeness.resident, likeness.why) for likeness in found] == [(one, "sound_born")]


def test_edit_and_a_stale_page(people):
    seen = people.elder.version
    actions.edit_resident(people.elder, by=people.reception, at=clock.now(), seen=seen, changes={"name": "陈平安"})
    assert people.elder.pinyin == "chenpingan" and people.elder.version == seen + 1
    assert people.elder.household == people.household, "what was not changed stays"
    with pytest.raises(Changed):
        actions.edit_resident(people.elder, by=people.officer, at=clock.now(), seen=seen, changes={"name": "陈二"})


def test_editing_to_a_number_on_file_is_refused(people):
    register(people, id_number=number_for(born="19500101"))
    with pytest.raises(Refusal) as refusal:
        actions.edit_resident(
            people.elder,
            by=people.reception,
            at=clock.now(),
            seen=people.elder.version,
            changes={"id_number": number_for(born="19500101")},
        )
    assert refusal.value.code == "id_on_file"


def test_moving_house_changes_door_and_grid(people):
    actions.move_household(
        people.elder, address="12幢 601", by=people.reception, at=clock.now(), seen=people.elder.version
    )
    assert people.elder.door == "12-601" and people.elder.household.grid == people.grid
    actions.move_household(people.elder, address="", by=people.reception, at=clock.now(), seen=people.elder.version)
    assert (people.elder.household, people.elder.door) == (None, "")


def test_closing_a_file_ends_who_acted_for_him(people):
    daughter = make_user(phone="+8613500000001")
    grant(people, agent=daughter)
    today = clock.today()
    actions.close_file(
        people.elder, why="deceased", on=today, by=people.reception, at=clock.now(), seen=people.elder.version
    )
    assert people.elder.deceased_on == today
    assert not people.elder.delegations.in_force(on=today).exists()
    actions.reopen_file(people.elder, by=people.reception, at=clock.now(), seen=people.elder.version)
    assert people.elder.deceased_on is None


@pytest.mark.parametrize("on", [dt.date(2099, 1, 1), dt.date(1900, 1, 1)])
def test_a_file_cannot_close_at_an_impossible_day(people, on):
    with pytest.raises(Refusal) as refusal:
        actions.close_file(
            people.elder, why="moved_out", on=on, by=people.reception, at=clock.now(), seen=people.elder.version
        )
    assert refusal.value.field == "on"


def test_the_history_keeps_a_number_that_was_given_up_and_what_a_file_said_before(people):
    resident, at = people.elder, clock.now()
    contact = actions.add_contact(resident, phone="13912345670", owner="", relation="", by=people.reception, at=at)
    actions.remove_contact(contact, by=people.reception)
    lines = apps.get_model("people", "ContactEvent").objects.filter(resident=resident, phone="+8613912345670")
    assert list(lines.order_by("pgh_id").values_list("pgh_label", flat=True)) == ["insert", "delete"]
    actions.edit_resident(resident, by=people.reception, at=at, seen=resident.version, changes={"name": "陈萍"})
    names = apps.get_model("people", "ResidentEvent").objects.filter(pgh_obj=resident).order_by("pgh_id")
    assert list(names.values_list("name", flat=True)) == ["陈平", "陈萍"]


def test_contacts_keep_exactly_one_first(people):
    at = clock.now()
    second = actions.add_contact(
        people.elder, phone="13500000002", owner="陈丽", relation="女儿", by=people.reception, at=at
    )
    assert not second.is_primary
    actions.set_primary(second, by=people.reception)
    assert people.elder.contacts.get(is_primary=True) == second
    second.refresh_from_db()
    actions.remove_contact(second, by=people.reception)
    assert people.elder.contacts.get(is_primary=True).phone == "+8613800002046"
    with pytest.raises(Refusal) as refusal:
        actions.add_contact(people.elder, phone="13800002046", owner="", relation="", by=people.reception, at=at)
    assert refusal.value.code == "contact_exists"


def grant(people, **over):
    given = {
        "principal": people.elder,
        "agent": make_user(phone=f"+8613500{make_user().pk:06d}"),
        "relation": "女儿",
        "scopes": ["book", "read"],
        "proof": "当面确认",
        "by": people.reception,
        "at": clock.now(),
    }
    return actions.grant_delegation(**given | over)


def test_delegation_is_given_once_and_taken_back(people):
    daughter = make_user(phone="+8613500000001")
    delegation = grant(people, agent=daughter)
    with pytest.raises(Refusal) as refusal:
        grant(people, agent=daughter)
    assert refusal.value.code == "already_delegated"
    actions.revoke_delegation(delegation, by=daughter, at=clock.now())
    assert not people.elder.delegations.in_force(on=clock.today()).exists()
    assert grant(people, agent=daughter).pk != delegation.pk, "it may be given again"


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"scopes": []}, "no_scope"),
        ({"scopes": ["vote"]}, "no_scope"),
        ({"ends_on": dt.date(2020, 1, 1)}, "ends_in_the_past"),
    ],
)
def test_delegations_that_cannot_be(people, over, code):
    with pytest.raises(Refusal) as refusal:
        grant(people, **over)
    assert refusal.value.code == code


def test_nobody_delegates_to_himself(people):
    with pytest.raises(Refusal) as refusal:
        grant(people, agent=people.elder_account, by=people.elder_account)
    assert refusal.value.code == "delegates_to_himself"


def test_seeing_the_whole_number_leaves_a_trace_that_stays(people):
    resident = register(people, id_number=number_for())
    with pytest.raises(Refusal) as refusal:
        actions.reveal_id_number(resident, reason=" ", by=people.reception, at=clock.now())
    assert refusal.value.field == "reason" and not ViewLog.objects.exists()
    number = actions.reveal_id_number(resident, reason="代办高龄津贴", by=people.reception, at=clock.now())
    assert number == number_for()
    row = ViewLog.objects.get()
    assert (row.viewer, row.resident, row.reason) == (people.reception, resident, "代办高龄津贴")
    with pytest.raises(Exception, match="(?i)cannot"):
        ViewLog.objects.filter(pk=row.pk).update(reason="别的")


def test_consent_is_withdrawn_as_easily_as_given(people):
    version = WORDINGS["health"].version
    give_consent(people.elder, purpose="health", version=version, channel="desk", by=people.reception, at=clock.now())
    withdraw_consent(people.elder, purpose="health", by=people.elder_account, at=clock.now())
    assert Consent.objects.get().withdrawn_at


DEEDS = {
    "register": lambda people, by: register(people, by=by),
    "edit": lambda people, by: actions.edit_resident(
        people.elder, by=by, at=clock.now(), seen=people.elder.version, changes={"note": "新"}
    ),
    "move": lambda people, by: actions.move_household(
        people.elder, address="12幢 1", by=by, at=clock.now(), seen=people.elder.version
    ),
    "close": lambda people, by: actions.close_file(
        people.elder, why="moved_out", on=clock.today(), by=by, at=clock.now(), seen=people.elder.version
    ),
    "reopen": lambda people, by: actions.reopen_file(people.elder, by=by, at=clock.now(), seen=people.elder.version),
    "add_contact": lambda people, by: actions.add_contact(
        people.elder, phone="13500000009", owner="", relation="", by=by, at=clock.now()
    ),
    "set_primary": lambda people, by: actions.set_primary(people.elder.contacts.get(), by=by),
    "remove_contact": lambda people, by: actions.remove_contact(people.elder.contacts.get(), by=by),
    "reveal": lambda people, by: actions.reveal_id_number(people.elder, reason="核对", by=by, at=clock.now()),
    "consent": lambda people, by: give_consent(
        people.elder, purpose="health", version=WORDINGS["health"].version, channel="desk", by=by, at=clock.now()
    ),
    "withdraw": lambda people, by: withdraw_consent(people.elder, purpose="health", by=by, at=clock.now()),
    "delegate": lambda people, by: grant(people, by=by),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_permissions_staff_of_the_community_may(people, deed):
    for by in (people.reception, people.officer, people.manager, people.street_officer, people.admin):
        people.elder = make_resident(household=people.household)
        DEEDS[deed](people, by)


@pytest.mark.parametrize("deed", DEEDS)
def test_permissions_strangers_and_third_parties_may_not(people, deed):
    agency = make_member("care_agency", organisation=organisation())
    for by in (people.stranger, people.stranger_account, agency):
        with pytest.raises(NotAllowed):
            DEEDS[deed](people, by)


def organisation():
    return Organisation.objects.create(name="照护机构", kind="care_agency")


@pytest.mark.django_db(transaction=True)
def test_two_who_register_the_same_number_at_once_make_one_file():
    people = make_cast()
    answers = together(8, lambda i: register(people, name=f"孙桂兰{i}号" if i else "孙桂兰", id_number=number_for()).pk)
    files = [a for a in answers if isinstance(a, int)]
    refusals = [a for a in answers if isinstance(a, Refusal)]
    assert len(files) == 1 and len(refusals) == 7
    assert {r.code for r in refusals} == {"id_on_file"}
    assert Resident.objects.filter(community=people.home).exclude(id_hash="").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_call_at_once_make_one_file_and_one_home():
    people = make_cast()
    answers = together(
        8,
        lambda i: (
            actions.find_or_register(
                community=people.home, name="赵新", phone="13700000001", by=people.reception, at=clock.now()
            ).pk
        ),
    )
    assert len(set(answers)) == 1, answers
    homes = together(8, lambda i: actions.home_for(people.home, "12幢 999").pk)
    assert len(set(homes)) == 1, homes
    homes = together(8, lambda i: actions.home_for(people.home, "龙田村 9 组").pk)
    assert len(set(homes)) == 1 and Household.objects.filter(address="龙田村 9 组").count() == 1


def together(count, deed):
    """Runs ``deed(i)`` in threads of their own, each with its own connection, and gathers answers or refusals."""
    answers, gate = [None] * count, threading.Barrier(count)

    def run(i):
        try:
            gate.wait()
            answers[i] = deed(i)
        except Exception as error:
            answers[i] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[i]) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_what_is_said_beyond_the_room_keeps_two_doors_apart_and_search_finds_both(people):
    cast = people
    doors = ("301室东户", "301室西户", "602（密码门）", "底楼车库", "301")
    homes = [actions.home_for(cast.home, f"12幢{door}") for door in doors]
    assert len({home.pk for home in homes}) == 5
    assert str(homes[0]).endswith("12幢 301东户")
    assert actions.home_for(cast.home, "12幢 301室 东户") == homes[0]
    for home in homes:
        make_resident(community=cast.home, household=home)
    found = search_residents(cast.reception, "12幢301")
    assert {resident.household for resident in found} == {homes[0], homes[1], homes[4]}
