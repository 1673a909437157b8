"""The register's pages as staff use them: search, list, new file, one file, and what strangers get."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community_portal import clock
from community_portal.people import actions, finders
from community_portal.people.models import Look, Resident, Role, User, ViewLog
from community_portal.people.register import views as register_views
from community_portal.people.register.search import find_residents, search_residents
from tests.factories import make_household, make_member, make_resident, make_user
from tests.people.id_numbers import number_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast, signed_in):
    return signed_in(cast.reception)


def typed(**over):
    return {"name": "孙桂兰", "phone": "13511112222", "address": "12幢 601", "id_type": "resident"} | over


def test_list_shows_own_people_only(cast, desk):
    page = desk.get("/residents/").content.decode()
    assert "陈平" in page and "外人" not in page
    assert "138****2046" in page and "13800002046" not in page


def test_list_narrows_by_words_grid_and_care(cast, desk):
    make_resident(household=cast.household, name="李独", care_tags=["lives_alone"])
    assert "李独" not in desk.get("/residents/?q=陈").content.decode()
    assert "陈平" not in desk.get("/residents/?tag=lives_alone").content.decode()
    assert "陈平" in desk.get(f"/residents/?grid={cast.grid.pk}").content.decode()
    assert "没有符合条件" in desk.get("/residents/?grid=999999").content.decode()
    assert "没有符合条件" in desk.get("/residents/?q=%25").content.decode()


def test_typing_gets_rows_only(desk):
    answer = desk.get("/residents/?q=cp", headers={"HX-Request": "true"})
    assert "陈平" in answer.content.decode() and "<html" not in answer.content.decode()
    assert "HX-Request" in answer.headers["Vary"]


def test_list_pages_by_key_and_keeps_filters(cast, desk):
    for i in range(35):
        make_resident(household=cast.household, name=f"王小{i:02d}")
    first = desk.get("/residents/?q=王").content.decode()
    assert first.count("/residents/") > 30 and "王小34" in first and "王小00" not in first
    older = f"?q=%E7%8E%8B&amp;before={Resident.objects.get(name='王小05').pk}"
    assert older in first
    assert "王小00" in desk.get("/residents/" + older.replace("&amp;", "&")).content.decode()


def test_list_costs_the_same_for_one_and_thirty(cast, signed_in):
    def queries(path):
        client = signed_in(cast.reception)
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return [q["sql"] for q in seen if "people_" in q["sql"] or "places_" in q["sql"]]

    for path in ("/residents/", "/residents/?q=陈", "/find/?q=陈"):
        one = queries(path)
        for i in range(30):
            make_resident(household=make_household(building=cast.building), name=f"陈{i:02d}号")
        assert len(queries(path)) == len(one)
        assert len(one) <= 6, "\n".join(one)
        Resident.objects.filter(name__endswith="号").delete()


def test_new_file(cast, desk):
    answer = desk.post("/residents/new/", typed(id_number=number_for(), care_tags=["lives_alone"]))
    resident = Resident.objects.get(name="孙桂兰")
    assert answer.status_code == 303 and answer.url == f"/residents/{resident.pk}/"
    assert (resident.community, resident.registered_by) == (cast.home, cast.reception)


BAD = [
    ({"name": ""}, "name"),
    ({"name": "孙"}, "name"),
    ({"name": "１２"}, "name"),
    ({"phone": "12345"}, "phone"),
    ({"phone": "1381111"}, "phone"),
    ({"id_number": "320602195001010"}, "id_number"),
    ({"id_number": "320602195002300010"}, "id_number"),
    ({"id_number": number_for()[:17] + "0"}, "id_number"),
    ({"id_number": number_for(), "born_on": "1951-01-01"}, "born_on"),
    ({"born_on": "2099-01-01"}, "born_on"),
    ({"born_on": "明天"}, "born_on"),
    ({"note": "字" * 301}, "note"),
]


@pytest.mark.parametrize(("over", "field"), BAD)
def test_wrong_input_is_named_beside_its_field_and_kept(cast, desk, over, field):
    before = Resident.objects.count()
    answer = desk.post("/residents/new/", typed(**over))
    page = answer.content.decode()
    assert answer.status_code == 422 and Resident.objects.count() == before
    assert f'id="id_{field}_errors"' in page
    assert "12幢 601" in page, "what was typed elsewhere stays"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_file_saved_as_it_was_opened_keeps_its_birthday(cast, desk, language):
    """A browser's calendar reads a day in one spelling, and shows an empty field for any other."""
    User.objects.update(language=language)
    resident = make_resident(community=cast.home, name="孙桂兰", born_on=dt.date(1937, 4, 22))
    url = f"/residents/{resident.pk}/edit/"
    page = desk.get(url).content.decode()
    (shown,) = re.findall(r'<input type="date" name="born_on" value="(\d{4}-\d\d-\d\d)"', page)
    assert desk.post(url, typed(born_on=shown, note="腿脚不便", seen=resident.version)).status_code == 303
    resident.refresh_from_db()
    assert (resident.born_on, resident.note) == (dt.date(1937, 4, 22), "腿脚不便")
    assert f'name="on" value="{clock.today():%Y-%m-%d}"' in desk.get(f"/residents/{resident.pk}/").content.decode()


def test_somebody_alike_is_shown_before_anything_is_written(cast, desk):
    given = typed(name="陈平", phone="13800002046")
    answer = desk.post("/residents/new/", given)
    page = answer.content.decode()
    assert answer.status_code == 409 and f"/residents/{cast.elder.pk}/" in page and "13800002046" in page
    assert Resident.objects.filter(name="陈平").count() == 1
    answer = desk.post("/residents/new/", given | {"another_person": "父子同名同电话"})
    assert answer.status_code == 303
    son = Resident.objects.filter(name="陈平").latest("pk")
    assert (son.note, [(row.other, row.why) for row in son.told_apart.all()]) == ("", [(cast.elder, "父子同名同电话")])
    assert "父子同名同电话" in desk.get(f"/residents/{cast.elder.pk}/").content.decode(), "either file says so"


def test_the_same_number_cannot_be_another_person(cast, desk):
    desk.post("/residents/new/", typed(id_number=number_for()))
    answer = desk.post("/residents/new/", typed(name="孙桂英", phone="", id_number=number_for(), another_person="真的"))
    assert answer.status_code == 409 and "只能有一份档案" in answer.content.decode()
    assert not Resident.objects.filter(name="孙桂英").exists()


@pytest.fixture
def resident(cast):
    return actions.register_resident(
        community=cast.home,
        name="孙桂兰",
        phones=["13511112222"],
        address="12幢 601",
        id_number=number_for(),
        care_tags=["bedridden"],
        note="听力不好",
        by=cast.reception,
        at=clock.now(),
    )


def test_file_masks_the_number_and_reveals_it_for_a_reason(cast, desk, resident):
    page = desk.get(f"/residents/{resident.pk}/").content.decode()
    assert "320602********" in page and number_for() not in page
    assert "听力不好" in page and "周敏" in page
    answer = desk.post(f"/residents/{resident.pk}/reveal/", {"reason": " "})
    assert answer.status_code == 422 and not ViewLog.objects.exists()
    answer = desk.post(f"/residents/{resident.pk}/reveal/", {"reason": "代办津贴"})
    assert number_for() in answer.content.decode() and "no-store" in answer.headers["Cache-Control"]
    assert ViewLog.objects.get().reason == "代办津贴"


def test_the_manager_reads_on_the_file_who_saw_the_number(cast, desk, signed_in, resident):
    manager, page = signed_in(cast.manager), f"/residents/{resident.pk}/"
    assert "还没有人看过" in manager.get(page).content.decode()
    about = {"by": cast.reception, "resident": resident, "what": Look.ID_NUMBER}
    for n in range(6):
        actions.note_view(**about, why=f"代办津贴{n}", at=clock.now() - dt.timedelta(days=7 - n))
    for reason in ("代办津贴6", "又看一次"):
        desk.post(f"{page}reveal/", {"reason": reason})
    said = manager.get(page).content.decode()
    assert "李玲" in said and "代办津贴6" in said and "代办津贴1" not in said and "看全部 7 次" in said
    assert "又看一次" not in said, "the same look on the same day"
    assert "代办津贴0" in manager.get(f"{page}?views=all").content.decode()
    for nobodys in (desk, signed_in(make_member(Role.ELDERCARE, community=cast.home))):
        assert "谁看过" not in nobodys.get(page).content.decode()


@pytest.mark.parametrize("role", [Role.SAFETY, Role.CHARGING])
def test_care_note_and_phone_only_for_those_who_need_them(cast, signed_in, resident, role):
    client = signed_in(make_member(role, community=cast.home))
    page = client.get(f"/residents/{resident.pk}/").content.decode()
    assert "孙桂兰" in page and "135****2222" in page
    for secret in ("卧床", "听力不好", "13511112222", "reveal", "/edit/"):
        assert secret not in page
    rows = client.get("/residents/").content.decode()
    assert "卧床" not in rows
    assert "卧床" not in client.get("/residents/?tag=bedridden").content.decode()


def test_care_is_a_dot_in_lists_and_opens_with_a_reason_once_a_day(cast, desk, signed_in, resident):
    file, care = f"/residents/{resident.pk}/", f"/residents/{resident.pk}/care/"
    rows = desk.get("/residents/", headers={"HX-Request": "true"}).content.decode()
    for shown in (rows, desk.get(file).content.decode()):
        assert "卧床" not in shown and care in shown
    assert desk.post(care, {"reason": ""}).status_code == 422 and not ViewLog.objects.exists()
    for reason in ("登记探访", "再看一眼"):
        answer = desk.post(care, {"reason": reason}, follow=True)
        assert "卧床" in answer.content.decode()
    assert [(row.viewer, row.what, row.reason) for row in ViewLog.objects.all()] == [
        (cast.reception, Look.CARE_TAGS, "登记探访")
    ]
    assert "卧床" in desk.get(file).content.decode(), "for the rest of the day"
    assert "卧床" not in signed_in(cast.manager).get(file).content.decode(), "their colleague says why in person"


def test_who_filters_by_care_edits_or_merges_has_looked(cast, desk, resident):
    twin = make_resident(household=cast.household, name="孙桂兰", care_tags=["lives_alone"])
    desk.get("/residents/?tag=bedridden")
    assert {(row.resident, row.what) for row in ViewLog.objects.all()} == {(resident, Look.CARE_TAGS)}
    desk.get(f"/residents/{twin.pk}/edit/")
    desk.get(f"/residents/{resident.pk}/merge/?other={twin.pk}")
    assert ViewLog.objects.count() == 2, "one row a day for each of them"


DEEDS = ["edit", "contacts", "reveal", "delegations", "merge", "close"]


def test_nobody_else_opens_it(cast, signed_in, resident):
    for user, status in ((cast.stranger, 404), (cast.elder_account, 403)):
        client = signed_in(user)
        assert client.get(f"/residents/{resident.pk}/").status_code == status
        for deed in DEEDS:
            assert client.post(f"/residents/{resident.pk}/{deed}/", {"reason": "看看"}).status_code == status, deed
    assert signed_in(None).get(f"/residents/{resident.pk}/").status_code == 302
    assert not ViewLog.objects.exists()


def test_edit_keeps_what_is_not_changed(cast, desk, resident):
    page = desk.get(f"/residents/{resident.pk}/edit/").content.decode()
    assert number_for() not in page
    given = typed(name="孙桂兰", address=str(resident.household), note="新", seen=resident.version)
    assert desk.post(f"/residents/{resident.pk}/edit/", given).status_code == 303
    fresh = Resident.objects.get(pk=resident.pk)
    assert (fresh.id_number, fresh.household_id, fresh.note) == (number_for(), resident.household_id, "新")
    answer = desk.post(f"/residents/{resident.pk}/edit/", given)
    assert answer.status_code == 409, "the page is stale now"


def test_edit_in_english_does_not_move_the_house(cast, desk, resident):
    cast.building.estate.name_en = "Longtian Garden"
    cast.building.estate.save()
    desk.cookies["django_language"] = "en"
    page = desk.get(f"/residents/{resident.pk}/edit/").content.decode()
    assert "Longtian Garden" in page
    given = typed(address="Longtian Garden 12幢 601", seen=resident.version)
    assert desk.post(f"/residents/{resident.pk}/edit/", given).status_code == 303
    assert Resident.objects.get(pk=resident.pk).household_id == resident.household_id


def test_contacts(cast, desk, resident):
    url = f"/residents/{resident.pk}/contacts/"
    assert desk.post(url, {"phone": "80001018", "owner": "孙丽", "relation": "女儿"}).status_code == 303
    second = resident.contacts.get(owner="孙丽")
    assert desk.post(url, {"primary": second.pk}).status_code == 303
    assert resident.contacts.get(is_primary=True) == second
    assert desk.post(url, {"remove": second.pk}).status_code == 303
    assert resident.contacts.get().phone == "+8613511112222"
    answer = desk.post(url, {"phone": "12345"})
    assert answer.status_code == 422 and "12345" in answer.content.decode()
    other = cast.stranger_resident.contacts.get()
    assert desk.post(url, {"remove": other.pk}).status_code == 404


def test_delegation_given_and_taken_back(cast, desk, resident):
    url = f"/residents/{resident.pk}/delegations/"
    given = {"phone": "13500000001", "relation": "女儿", "scopes": ["book", "read"], "proof": "当面"}
    assert desk.post(url, given).status_code == 303
    delegation = resident.delegations.get()
    assert delegation.agent.phone == "+8613500000001"
    assert desk.post(url, given | {"phone": "80001018"}).status_code == 422
    assert desk.post(url, {"revoke": delegation.pk}).status_code == 303
    assert not resident.delegations.in_force(on=clock.today()).exists()


def test_merge_shows_first_then_merges_then_takes_back(cast, desk, resident):
    other = make_resident(community=cast.home, name="孙桂蓝", born_on=None, phone="+8613500000009")
    url = f"/residents/{resident.pk}/merge/"
    assert "孙桂蓝" in desk.get(f"{url}?q=孙").content.decode()
    assert "不一样" in desk.get(f"{url}?other={other.pk}").content.decode()
    assert not Resident.objects.get(pk=other.pk).merged_into_id
    asked = desk.post(url, {"other": other.pk})
    assert asked.status_code == 422 and "请选留哪一个" in asked.content.decode(), "nobody has said which name is right"
    chosen = {"choose_name": "merged", "choose_first_number": "kept"}
    assert desk.post(url, {"other": other.pk} | chosen).status_code == 303
    assert Resident.objects.get(pk=resident.pk).name == "孙桂蓝"
    answer = desk.get(f"/residents/{other.pk}/")
    assert answer.status_code == 302 and answer.url == f"/residents/{resident.pk}/", "old links still lead to them"
    row = resident.merges.get()
    assert "孙桂蓝" in desk.get(f"/residents/{resident.pk}/").content.decode()
    assert desk.post(url, {"unmerge": row.pk}).status_code == 303
    assert desk.get(f"/residents/{other.pk}/").status_code == 200
    assert desk.get(f"{url}?other={cast.stranger_resident.pk}").status_code == 404


def test_close_and_reopen(desk, resident):
    url = f"/residents/{resident.pk}/close/"
    given = {"why": "moved_out", "on": clock.today().isoformat(), "seen": resident.version}
    assert desk.post(url, given | {"on": "2099-01-01"}).status_code == 422
    assert "年份不对" in desk.post(url, given | {"on": "1999-12-31"}).content.decode()
    assert desk.post(url, given).status_code == 303
    assert "搬走" in desk.get(f"/residents/{resident.pk}/").content.decode()
    assert desk.post(url, given).status_code == 409
    assert desk.post(url, {"reopen": "1"}).status_code == 303
    assert Resident.objects.get(pk=resident.pk).moved_out_on is None


def test_find_answers_whole_page_or_lines(cast, desk):
    assert "<html" in desk.get("/find/?q=陈平").content.decode()
    lines = desk.get("/find/?q=2046", headers={"HX-Request": "true"}).content.decode()
    assert "陈平" in lines and "<html" not in lines
    assert "没有找到" in desk.get("/find/?q=钱七").content.decode()
    assert f"/residents/{cast.stranger_resident.pk}/" not in desk.get("/find/?q=外人").content.decode()


def test_find_lists_what_other_rooms_register(cast, desk, monkeypatch):
    hit = finders.Hit("LT-26-0001 求助", "陈平", "/requests/LT-26-0001/", "chat-heart")
    monkeypatch.setattr(finders, "FINDERS", [lambda user, text: [("事项", [hit])] if text.startswith("LT") else []])
    assert "LT-26-0001 求助" in desk.get("/find/?q=LT-26-0001").content.decode()


def test_age_and_lunar_birthday_show(cast, desk, resident):
    Resident.objects.filter(pk=resident.pk).update(born_on=dt.date(1938, 2, 16), born_in_lunar=True)
    assert "农历" in desk.get(reverse("resident_file", args=[resident.pk])).content.decode()


def test_specialists_cannot_write_care_they_may_not_read(cast, signed_in):
    client = signed_in(make_member(Role.SAFETY, community=cast.home, username=make_user().username + "x"))
    assert client.post("/residents/new/", typed(care_tags=["low_income"])).status_code == 303
    assert Resident.objects.get(name="孙桂兰").care_tags == []


def test_whoever_finds_too_many_is_told_to_type_more(cast, desk, monkeypatch):
    monkeypatch.setattr(register_views, "MOST_FOUND", 3)
    for n in range(3):
        make_resident(household=cast.household, name=f"王小{n}")
    assert "请再加一个字" not in desk.get("/residents/?q=王小").content.decode()
    make_resident(household=cast.household, name="王小三")
    page = desk.get("/residents/?q=王小").content.decode()
    assert "只显示前 3 位，请再加一个字。" in page and page.count("<b>王小") == 3


@pytest.mark.parametrize("role", ["reception", "officer", "manager", "street_officer", "admin"])
def test_the_one_box_asks_at_most_six_questions(cast, signed_in, role):
    """Whole page and lines, whatever was typed and however many are found, for everybody."""
    client = signed_in(getattr(cast, role))
    client.get("/find/")
    for n in range(12):
        make_resident(household=make_household(building=cast.building), name=f"陈平{n}", phone=f"+861391111{n:02d}46")
    for text in ("陈平", "陈", "cp", "chenp", "2046", "12幢503", "LT-26-0001", "陈 12幢"):
        for headers in ({}, {"HX-Request": "true"}):
            with CaptureQueriesContext(connection) as seen:
                assert client.get("/find/", {"q": text}, headers=headers).status_code == 200
            assert len(seen) <= 6, f"{text}: " + "\n".join(query["sql"][:120] for query in seen)


@pytest.mark.parametrize(
    "text", ["陈平", "陈", "cp", "chenping", "2046", "12幢503", "陈 12幢", "LT-26-0001", "王", "c"]
)
def test_one_question_finds_whom_two_find(cast, text):
    for name in ("陈平", "陈鹏", "崔萍", "常平平"):
        make_resident(household=cast.household, name=name)
    one = find_residents(cast.reception, text, most=8)
    two = search_residents(cast.reception, text, most=8)
    assert {resident.pk for resident in one} == {resident.pk for resident in two}
    if text.isascii() and text.isalpha():  # in the order of what was typed; those alike in it in any order
        column = "pinyin" if text == "chenping" else "initials"
        assert [getattr(resident, column) for resident in one] == [getattr(resident, column) for resident in two]


def test_an_id_number_of_no_province_is_kept_with_a_hint(cast, desk):
    strange = number_for(area="990101")
    answer = desk.post("/residents/new/", typed(name="钱玉珍", phone="", id_number=strange))
    assert answer.status_code == 303 and Resident.objects.get(name="钱玉珍").id_number == strange
    assert "省份代码" in desk.get(answer["Location"]).content.decode()
    assert "省份代码" not in desk.get(answer["Location"]).content.decode(), "said once"
