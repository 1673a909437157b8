"""Settings of a community: hall, calendar, staff and grids; who may, what is refused, what follows."""

import datetime as dt

import pytest

from community_portal import clock
from community_portal.people.models import Membership, Resident, Role, User
from community_portal.people.register.routing import officer_of
from community_portal.people.staff.accounts import find_account
from community_portal.people.staff.memberships import appoint, end_membership
from community_portal.places import actions
from community_portal.places.importers import import_calendar
from community_portal.places.models import Building, CalendarDay, CalendarYear, Closure, Estate, Grid, OpeningHours
from community_portal.refusals import NotAllowed, Refusal
from community_portal.web.editions import edition_of
from tests.factories import make_community, make_grid, make_member, make_resident, make_user

pytestmark = pytest.mark.django_db
NINE, NOON, FIVE = dt.time(9), dt.time(12), dt.time(17)
DAY = dt.timedelta(days=1)


def fresh(user):
    return User.objects.get(pk=user.pk)


# ---- the hall --------------------------------------------------------------------------------------------------


def test_the_week_is_replaced_as_a_whole(cast):
    actions.set_opening_hours(
        cast.home, hours=[(0, NINE, NOON), (0, dt.time(14), FIVE), (5, NINE, NOON)], by=cast.manager, at=clock.now()
    )
    rows = OpeningHours.objects.filter(community=cast.home).values_list("weekday", "opens_at")
    assert list(rows) == [(0, NINE), (0, dt.time(14)), (5, NINE)]


@pytest.mark.parametrize(
    ("hours", "code"),
    [([(0, FIVE, NINE)], "closes_before_opening"), ([(0, NINE, FIVE), (0, NOON, dt.time(18))], "hours_overlap")],
)
def test_hours_that_cannot_be(cast, hours, code):
    before = OpeningHours.objects.count()
    with pytest.raises(Refusal) as refusal:
        actions.set_opening_hours(cast.home, hours=hours, by=cast.manager, at=clock.now())
    assert refusal.value.code == code and OpeningHours.objects.count() == before


def close(cast, first, last, by=None):
    today = clock.today()
    return actions.add_closure(
        cast.home,
        first_on=today + first * DAY,
        last_on=today + last * DAY,
        reason="检修",
        by=by or cast.manager,
        at=clock.now(),
    )


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (3, 2, "ends_before_start"),
        (-5, -1, "closure_in_the_past"),
        (10, 12, "closures_overlap"),
        (12, 14, "closures_overlap"),
        (20, 20 + 731, "too_far"),
        (-367, 1, "too_long_ago"),
    ],
)
def test_closures_that_cannot_be(cast, first, last, code):
    close(cast, 10, 12)
    with pytest.raises(Refusal) as refusal:
        close(cast, first, last)
    assert refusal.value.code == code


def test_closure_comes_and_goes_on_the_page(cast, signed_in):
    client = signed_in(cast.manager)
    day = (clock.today() + 5 * DAY).isoformat()
    given = {"form": "closure", "first_on": day, "last_on": day, "reason": "停电"}
    assert client.post("/settings/closures/", given).status_code == 303
    assert "停电" in client.get("/settings/closures/").content.decode()
    answer = client.post("/settings/closures/", given | {"reason": "装修"})
    assert answer.status_code == 422 and "装修" in answer.content.decode()
    assert client.post("/settings/closures/", {"remove": Closure.objects.get().pk}).status_code == 303
    assert not Closure.objects.exists()


def test_week_form_keeps_what_was_typed(cast, signed_in):
    client = signed_in(cast.manager)
    page = client.get("/settings/closures/").content.decode()
    assert 'value="08:30"' in page
    answer = client.post("/settings/closures/", {"form": "week", "opens_0": "18:15", "closes_0": "09:00"})
    assert answer.status_code == 422 and 'value="18:15"' in answer.content.decode()
    answer = client.post("/settings/closures/", {"form": "week", "opens_0": "09:00"})
    assert answer.status_code == 422 and "一起填" in answer.content.decode()
    good = {"form": "week", "opens_0": "09:00", "closes_0": "17:00"}
    assert client.post("/settings/closures/", good).status_code == 303
    assert OpeningHours.objects.filter(community=cast.home).count() == 1


@pytest.mark.parametrize(
    ("typed", "box", "sentence"),
    [
        ({"opens_2": "18:00", "closes_2": "09:00"}, "closes_2", "周三关门时间要晚于开门时间。"),
        ({"opens_4_b": "18:00", "closes_4_b": "09:00"}, "closes_4_b", "周五关门时间要晚于开门时间。"),
        (
            {"opens_6": "09:00", "closes_6": "12:00", "opens_6_b": "11:00", "closes_6_b": "17:00"},
            "opens_6_b",
            "周日的两段时间不能重叠。",
        ),
        ({"opens_1": "09:00"}, "closes_1", "周二的开门和关门时间要一起填。"),
        ({"closes_1_b": "09:00"}, "opens_1_b", "周二的开门和关门时间要一起填。"),
    ],
)
def test_what_is_wrong_with_a_day_stands_beside_its_box(cast, signed_in, typed, box, sentence):
    answer = signed_in(cast.manager).post("/settings/closures/", {"form": "week"} | typed)
    assert answer.status_code == 422 and answer.context["week"].errors == {box: [sentence]}
    assert all(f'value="{time}"' in answer.content.decode() for time in typed.values())


# ---- the calendar ----------------------------------------------------------------------------------------------


def test_a_street_officer_changes_a_day_and_the_import_leaves_it(cast, signed_in):
    import_calendar(at=clock.local(clock.now()))
    client = signed_in(cast.street_officer)
    given = {"form": "day", "date": "2026-10-07", "kind": "ordinary", "name": "照常", "works_as": ""}
    assert client.post("/settings/calendar/", given).status_code == 303
    import_calendar(at=clock.local(clock.now()), years=[2026])
    assert CalendarDay.objects.get(date="2026-10-07").kind == "ordinary"
    answer = client.post("/settings/calendar/", given | {"kind": "makeup"})
    assert answer.status_code == 422 and "按星期几" in answer.content.decode()


def test_a_year_not_announced_warns_until_somebody_says_it_is(cast, signed_in):
    import_calendar(at=clock.local(clock.now()), years=[2027])
    client = signed_in(cast.street_officer)
    assert "还没有公布" in client.get("/settings/calendar/?year=2027").content.decode()
    answer = client.post("/settings/calendar/?year=2027", {"form": "announced"})
    assert (answer.status_code, answer["Location"]) == (303, "/settings/calendar/?year=2027")
    assert CalendarYear.objects.get(year=2027).is_announced
    assert "还没有公布" not in client.get("/settings/calendar/?year=2027").content.decode()


@pytest.mark.parametrize(
    ("over", "field", "sentence"),
    [
        ({"date": f"{clock.today().year - 2}-12-31"}, "date", "去年到后年"),
        ({"date": f"{clock.today().year + 3}-01-01"}, "date", "去年到后年"),
        ({"name": "\u3164"}, "name", "还没有填"),
        ({"name": "——"}, "name", "至少要有一个字"),
    ],
)
def test_a_day_nobody_will_see_is_not_entered(cast, signed_in, over, field, sentence):
    given = {"form": "day", "date": clock.today().isoformat(), "kind": "ordinary", "name": "照常", "works_as": ""}
    answer = signed_in(cast.street_officer).post("/settings/calendar/", given | over)
    assert answer.status_code == 422 and sentence in str(answer.context["form"].errors[field])
    assert not CalendarDay.objects.exists()


def test_the_years_that_may_be_entered_can_be_read(cast, signed_in):
    given = {
        "form": "day",
        "date": f"{clock.today().year + 2}-12-31",
        "kind": "ordinary",
        "name": "照常",
        "works_as": "",
    }
    client = signed_in(cast.street_officer)
    assert client.post("/settings/calendar/", given).status_code == 303
    assert f"?year={clock.today().year + 2}" in client.get("/settings/calendar/").content.decode()


def test_managers_read_the_calendar_but_do_not_write_it(cast, signed_in):
    client = signed_in(cast.manager)
    assert client.get("/settings/calendar/").status_code == 200
    given = {"form": "day", "date": "2026-10-07", "kind": "ordinary", "name": "照常", "works_as": ""}
    assert client.post("/settings/calendar/", given).status_code == 403
    assert client.post("/settings/calendar/?year=2027", {"form": "announced"}).status_code == 403
    assert not CalendarDay.objects.exists()


# ---- staff and grids -------------------------------------------------------------------------------------------


def test_a_new_colleague_has_rights_at_once_and_loses_them_at_once(cast, signed_in):
    new = make_user(username="xiaowang", name="小王")
    client = signed_in(cast.manager)
    given = {"form": "appoint", "who": "xiaowang", "role": "receptionist"}
    assert client.post("/settings/staff/", given).status_code == 303
    assert cast.home.pk in fresh(new).community_ids
    assert "小王" in client.get("/settings/staff/").content.decode()
    answer = client.post("/settings/staff/", given)
    assert answer.status_code == 422 and "已经在这个岗位" in answer.content.decode()
    row = Membership.objects.get(user=new)
    assert client.post("/settings/staff/", {"end": row.pk}).status_code == 303
    assert not fresh(new).community_ids


def test_a_term_that_is_over_is_not_begun(cast, signed_in):
    make_user(username="xiaowang", name="小王")
    given = {
        "form": "appoint",
        "who": "xiaowang",
        "role": "receptionist",
        "starts_on": clock.today() - 9 * DAY,
        "ends_on": clock.today() - DAY,
    }
    answer = signed_in(cast.manager).post("/settings/staff/", given)
    assert answer.status_code == 422 and "已经过去" in str(answer.context["appoint_form"].errors["ends_on"])
    assert 'value="xiaowang"' in answer.content.decode()
    assert signed_in(cast.manager).post("/settings/staff/", given | {"ends_on": clock.today()}).status_code == 303


def test_ending_keeps_the_past(cast):
    row = cast.reception.memberships.get()
    end_membership(row, by=cast.manager, at=clock.now())
    row.refresh_from_db()
    assert row.ends_on == clock.today() - DAY
    assert not fresh(cast.reception).roles


def test_a_grid_officer_belongs_to_a_grid_of_the_community(cast):
    new = make_user()
    given = {"user": new, "by": cast.manager, "at": clock.now()}
    for grid, error in ((None, Refusal), (make_grid(), NotAllowed)):
        with pytest.raises(error):
            appoint(cast.home, role=Role.GRID_OFFICER, grid=grid, **given)
    with pytest.raises(Refusal):
        appoint(cast.home, role=Role.RECEPTIONIST, grid=cast.grid, **given)
    appoint(cast.home, role=Role.GRID_OFFICER, grid=cast.grid, **given)
    assert officer_of(cast.grid, on=clock.today()) == new, "the one appointed last is on duty"


def test_an_officer_on_leave_or_gone_is_not_on_duty(cast):
    assert officer_of(cast.grid, on=clock.today()) == cast.officer
    assert officer_of(cast.grid, on=clock.today() - 60 * DAY) is None
    User.objects.filter(pk=cast.officer.pk).update(is_active=False)
    assert officer_of(cast.grid, on=clock.today()) is None


@pytest.mark.parametrize("role", [Role.STREET_OFFICER, Role.CARE_AGENCY, "king"])
def test_roles_that_a_community_does_not_give(cast, role):
    with pytest.raises(Refusal) as refusal:
        appoint(cast.home, user=make_user(), role=role, by=cast.street_officer, at=clock.now())
    assert refusal.value.code == "role_not_here"


def test_only_posts_are_offered_that_one_may_fill(cast, signed_in):
    for user, offered in ((cast.manager, False), (cast.street_officer, True)):
        page = signed_in(user).get("/settings/staff/").content.decode()
        assert ('value="manager"' in page, 'value="receptionist"' in page) == (offered, True)


def test_managers_are_appointed_by_the_street(cast):
    new = make_user()
    with pytest.raises(NotAllowed):
        appoint(cast.home, user=new, role=Role.MANAGER, by=cast.manager, at=clock.now())
    appoint(cast.home, user=new, role=Role.MANAGER, by=cast.street_officer, at=clock.now())


def test_nobody_ends_himself(cast):
    with pytest.raises(Refusal) as refusal:
        end_membership(cast.manager.memberships.get(), by=cast.manager, at=clock.now())
    assert refusal.value.code == "ends_himself"


def test_work_accounts_are_found_by_name_and_those_of_residents_are_not(cast):
    assert find_account(" reception ") == cast.reception
    for wrong in ("nobody", "elder", ""):
        with pytest.raises(Refusal, match="没有这个工作账号") as refusal:
            find_account(wrong)
        assert refusal.value.field == "who"


def test_grids_and_buildings(cast, signed_in):
    client = signed_in(cast.manager)
    assert client.post("/settings/staff/", {"form": "grid", "grid-number": "4", "grid-note": "新区"}).status_code == 303
    grid = Grid.objects.get(community=cast.home, number=4)
    answer = client.post("/settings/staff/", {"form": "grid", "grid-number": "4", "grid-note": "又一个"})
    assert answer.status_code == 422 and "又一个" in answer.content.decode()
    given = {
        "form": "building",
        "building-estate_name": "龙田花苑",
        "building-number": "15",
        "building-suffix": "a",
        "building-units": "2",
        "building-floors": "11",
        "building-grid": str(grid.pk),
    }
    assert client.post("/settings/staff/", given).status_code == 303
    building = Building.objects.get(number=15)
    assert (str(building), building.estate) == ("15A幢", cast.building.estate)
    assert client.post("/settings/staff/", given).status_code == 422
    assert client.post("/settings/staff/", given | {"building-grid": str(make_grid().pk)}).status_code == 422
    assert "15A" in client.get("/settings/staff/").content.decode()


def building(cast, **over):
    given = {"estate_name": "龙田花苑", "number": 16, "suffix": "", "units": 2, "floors": 11, "grid": cast.grid.pk}
    return {"form": "building"} | {f"building-{name}": value for name, value in (given | over).items()}


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        *(("suffix", wrong, "后缀只能是字母和数字") for wrong in ("<>", "甲乙", "座", "-1")),
        ("estate_name", "——", "至少要有一个字"),
        ("estate_name", "123", "至少要有一个字"),
        ("estate_name", "\u3164", "还没有填"),
    ],
)
def test_buildings_that_nobody_could_name_are_not_added(cast, signed_in, field, typed, sentence):
    answer = signed_in(cast.manager).post("/settings/staff/", building(cast, **{field: typed}))
    assert answer.status_code == 422 and sentence in str(answer.context["building_form"].errors[field])
    assert not Building.objects.filter(number=16).exists()


@pytest.mark.parametrize(("typed", "kept"), [("", ""), ("b2", "B2"), ("Ａ", "A"), ("甲", "甲")])
def test_suffixes_as_they_stand_on_houses(cast, signed_in, typed, kept):
    assert signed_in(cast.manager).post("/settings/staff/", building(cast, suffix=typed)).status_code == 303
    assert Building.objects.get(number=16).suffix == kept


# ---- who may ---------------------------------------------------------------------------------------------------

DEEDS = {
    "hours": lambda cast, by: actions.set_opening_hours(cast.home, hours=[(0, NINE, FIVE)], by=by, at=clock.now()),
    "close": lambda cast, by: close(cast, 20, 20, by=by),
    "open": lambda cast, by: actions.remove_closure(Closure.objects.first() or close(cast, 30, 30), by=by),
    "grid": lambda cast, by: actions.add_grid(cast.home, number=77, note="", by=by),
    "building": lambda cast, by: actions.add_building(
        cast.grid, estate_name="新苑", number=1, suffix="", units=0, floors=6, by=by
    ),
    "appoint": lambda cast, by: appoint(cast.home, user=make_user(), role=Role.SAFETY, by=by, at=clock.now()),
    "end": lambda cast, by: end_membership(cast.officer.memberships.get(), by=by, at=clock.now()),
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("who", ["manager", "street_officer", "admin"])
def test_permissions_those_who_run_it_may(cast, deed, who):
    DEEDS[deed](cast, getattr(cast, who))


@pytest.mark.parametrize("deed", DEEDS)
def test_permissions_others_may_not(cast, deed):
    other_manager = make_member(Role.MANAGER, community=cast.next_door)
    for by in (cast.reception, cast.officer, cast.stranger, cast.elder_account, other_manager):
        with pytest.raises(NotAllowed):
            DEEDS[deed](cast, by)


@pytest.mark.parametrize("page", ["", "closures/", "calendar/", "staff/"])
def test_pages_open_to_those_who_run_a_community(cast, signed_in, page):
    for user in (cast.manager, cast.street_officer, cast.admin):
        assert signed_in(user).get(f"/settings/{page}").status_code == 200
    for user in (cast.reception, cast.officer, cast.elder_account):
        assert signed_in(user).get(f"/settings/{page}").status_code == 403


def test_another_communitys_rows_are_not_found(cast, signed_in):
    client = signed_in(cast.manager)
    today = clock.today()
    closure = Closure.objects.create(community=cast.next_door, first_on=today, last_on=today, reason="检修")
    assert client.post("/settings/closures/", {"remove": closure.pk}).status_code == 404
    assert client.post("/settings/staff/", {"end": cast.stranger.memberships.get().pk}).status_code == 404


def test_the_first_page_shows_tiles_that_lead_somewhere(cast, signed_in):
    page = signed_in(cast.manager).get("/settings/").content.decode()
    for name in ("closures", "calendar", "staff"):
        assert f'href="/settings/{name}/"' in page


# ---- two at once -----------------------------------------------------------------------------------------------


def test_a_stale_page_reopens_no_file_and_merges_none(cast, signed_in):
    client = signed_in(cast.reception)
    other = make_resident(household=cast.household, name="陈平")
    path, seen = f"/residents/{cast.elder.pk}/", edition_of([cast.elder.version, other.version])
    assert f'name="seen" value="{seen}"' in client.get(f"{path}merge/?other={other.pk}").content.decode()
    Resident.objects.filter(pk=other.pk).update(note="新", version=other.version + 1)
    assert client.post(f"{path}merge/", {"other": other.pk, "seen": seen}).status_code == 409
    assert Resident.objects.get(pk=other.pk).merged_into is None
    Resident.objects.filter(pk=cast.elder.pk).update(moved_out_on=clock.today(), version=7)
    assert 'name="seen" value="7"' in client.get(path).content.decode()
    assert client.post(f"{path}close/", {"reopen": "1", "seen": "6"}).status_code == 409
    assert Resident.objects.get(pk=cast.elder.pk).moved_out_on
    assert client.post(f"{path}close/", {"reopen": "1", "seen": "7"}).status_code == 303


# ---- the houses of one street ------------------------------------------------------------------------------------


def test_a_street_officer_sets_up_each_house_of_the_street(cast, signed_in):
    new = make_community(street=cast.street, code="ZZ", name="新竹社区")
    newcomer = make_user(username="he", name="何书记")
    client = signed_in(cast.street_officer)
    assert "/communities/?next=/settings/" in client.get("/settings/").content.decode()
    offered = client.get("/communities/").content.decode()
    assert "新竹社区" in offered and cast.next_door.name not in offered
    client.post("/communities/", {"code": "ZZ"})
    assert "新竹社区" in client.get("/settings/staff/").content.decode()
    client.post("/settings/staff/", {"form": "appoint", "who": "he", "role": "manager"})
    assert Membership.objects.get(user=newcomer).community == new


def test_a_house_that_is_not_ones_own_is_not_entered(cast, signed_in):
    client = signed_in(cast.manager)
    assert "换一个社区" not in client.get("/settings/").content.decode()
    client.post("/communities/", {"code": cast.next_door.code})
    assert cast.home.name in client.get("/settings/staff/").content.decode()


def test_what_was_a_slip_of_the_pen_is_removed_and_what_is_used_stays(cast, signed_in):
    """A new estate goes with its only building; the sentence says what holds the others."""
    manager = signed_in(cast.manager)
    slip = actions.add_grid(cast.home, number=33, note="", by=cast.manager)
    tower = actions.add_building(slip, estate_name="龙甜花苑", number=9, suffix="", units=0, floors=6, by=cast.manager)

    def remove(row):
        answer = manager.post(
            "/settings/staff/", {"form": "remove", "remove-what": f"{type(row).__name__.lower()}:{row.pk}"}
        )
        return answer.status_code, answer.content.decode()

    assert "先把楼幢删去" in remove(slip)[1]
    assert remove(tower)[0] == 303 and not Estate.objects.filter(name="龙甜花苑").exists()
    assert remove(slip)[0] == 303 and not Grid.objects.filter(number=33).exists()
    status, page = remove(cast.building)
    assert status == 422 and "有登记过的住户" in page and Building.objects.filter(pk=cast.building.pk).exists()
    kept = make_grid(community=cast.home, number=34)
    make_member(Role.GRID_OFFICER, grid=kept)
    assert "派过网格员" in remove(kept)[1] and Grid.objects.filter(pk=kept.pk).exists()
    elsewhere = make_grid(community=cast.next_door)
    assert remove(elsewhere)[0] == 422 and Grid.objects.filter(pk=elsewhere.pk).exists()
    with pytest.raises(NotAllowed):
        actions.remove_grid(elsewhere, by=cast.manager)
