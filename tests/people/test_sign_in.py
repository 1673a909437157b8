"""Residents come in by phone and code: single use, short-lived, bound to the session, limited, and telling nothing."""

import datetime as dt
import re
import threading

import pytest
import time_machine
from django.core.cache import caches
from django.db import connections
from django.test import Client
from rest_framework.authtoken.models import Token

from community_portal import clock
from community_portal.outbox.models import Message
from community_portal.outbox.sweep import deliver_due
from community_portal.people.models import User
from community_portal.people.own_account.actions import renew_calendar_link
from community_portal.people.sign_in.codes import PhoneAccounts, account_for_phone, landing_for
from community_portal.people.staff.memberships import appoint
from tests.cast import make_cast
from tests.factories import make_member, make_resident, make_resident_account, make_user

pytestmark = pytest.mark.django_db

PHONE = "13812345678"
NOON = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    caches["default"].clear()
    monkeypatch.setattr("community_portal.outbox.sign_in.redis_answers", lambda: True)


def ask(client, phone=PHONE, **more):
    return client.post("/sign-in/", {"phone": phone}, **more)


def last_code():
    return Message.objects.filter(kind="login_code").latest("id").context["code"]


def type_code(client, code, **fields):
    return client.post("/sign-in/code/", {"code": code, **fields})


def is_in(client):
    return client.get("/account/").status_code == 200


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_one_field_one_code_and_in():
    client = Client()
    answer = ask(client)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/code/")
    code = last_code()
    assert re.fullmatch(r"\d{6}", code)
    before = client.session.session_key
    answer = type_code(client, code)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session.session_key != before
    assert is_in(client)
    assert User.objects.get(phone="+86" + PHONE).phone_verified_at


def test_the_first_code_makes_an_account_without_a_file_a_password_or_a_telling_name():
    client = Client()
    ask(client)
    user = User.objects.get(phone="+86" + PHONE)
    assert user.resident_id is None
    assert not user.has_usable_password()
    assert user.phone_verified_at is None
    assert PHONE not in user.username


def test_signs_in_to_where_he_wanted_to_go():
    client = Client()
    answer = client.post("/sign-in/", {"phone": PHONE, "next": "/my/"})
    assert answer["Location"] == "/sign-in/code/?next=%2Fmy%2F"
    assert type_code(client, last_code(), next="/my/")["Location"] == "/my/"


def test_never_to_a_foreign_site():
    client = Client()
    client.post("/sign-in/", {"phone": PHONE, "next": "https://evil.example/"})
    assert type_code(client, last_code(), next="https://evil.example/")["Location"] == "/"


@pytest.mark.parametrize("typed", ["１３８１２３４５６７８", "138 1234 5678", "+86 138-1234-5678", "  13812345678 "])
def test_numbers_as_people_type_them(typed):
    assert ask(Client(), typed).status_code == 302
    assert Message.objects.get(kind="login_code").address == "+8613812345678"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "请填手机号"),
        ("0513-85551234", "座机收不到短信"),
        ("85551234", "座机收不到短信"),
        ("+1 650 253 0000", "中国大陆的手机号"),
        ("+852 9123 4567", "中国大陆的手机号"),
        ("1381234567", "手机是 11 位"),
        ("abc", "手机是 11 位"),
    ],
)
def test_each_bad_number_has_its_sentence_and_stays_in_the_field(typed, words):
    answer = ask(Client(), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert f'value="{typed}"' in page or not typed
    assert not Message.objects.exists()
    assert not User.objects.exists()


def test_the_code_is_dead_after_use():
    first, second = Client(), Client()
    ask(first)
    code = last_code()
    type_code(first, code)
    first.post("/sign-out/")
    assert type_code(first, code)["Location"] == "/sign-in/"
    assert type_code(second, code)["Location"] == "/sign-in/"
    assert not is_in(first)


def test_the_code_belongs_to_the_session_that_asked():
    asked, other = Client(), Client()
    ask(asked)
    code = last_code()
    ask(other, "13900001111")
    assert type_code(other, code).status_code == 422
    assert not is_in(other)
    assert type_code(asked, code).status_code == 302


def test_the_code_lives_ten_minutes():
    with time_machine.travel(NOON, tick=False) as time:
        client = Client()
        ask(client)
        code = last_code()
        time.shift(601)
        back = type_code(client, code, next="/my/")["Location"]
        assert back == "/sign-in/?next=%2Fmy%2F"
        page = client.get(back).content.decode()
        assert "验证码过期了" in page and 'value="/my/"' in page
        assert not is_in(client)


def test_who_opens_the_code_page_without_having_asked_hears_nothing_of_an_old_code():
    assert "过期" not in Client().get("/sign-in/code/", follow=True).content.decode()


def test_five_tries_and_the_right_code_comes_too_late():
    client = Client()
    ask(client)
    code = last_code()
    for left in (4, 3, 2, 1):
        answer = type_code(client, wrong(code))
        assert answer.status_code == 422
        assert f"还可以试 {left} 次" in answer.content.decode()
    assert type_code(client, wrong(code), next="/my/")["Location"] == "/sign-in/?next=%2Fmy%2F"
    assert type_code(client, code)["Location"] == "/sign-in/"
    assert not is_in(client)


def test_five_tries_however_many_at_once():
    """Requests at the same moment all read the session as it was before the first of them."""
    client = Client()
    ask(client)
    code, unread = last_code(), dict(client.session)
    for _ in range(5):
        type_code(client, wrong(code))
        as_it_was = client.session
        as_it_was.update(unread)
        as_it_was.save()
    answer = type_code(client, code)
    assert answer.status_code == 422 and "试的次数太多了" in answer.content.decode()
    assert not is_in(client)


def test_full_width_code():
    client = Client()
    ask(client)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in last_code())
    assert type_code(client, f" {wide} ").status_code == 302


def test_one_a_minute_four_an_hour_eight_a_day_for_a_number():
    sent = []
    with time_machine.travel(NOON, tick=False) as time:
        for minute in range(24 * 60):
            if minute % 10 == 0 or minute in (1,):
                sent.append((minute, ask(Client(), REMOTE_ADDR=f"10.0.0.{len(sent) % 250}").status_code))
            time.shift(60)
        assert ask(Client()).status_code == 302  # the next day
    allowed = [minute for minute, status in sent if status == 302]
    assert len(allowed) == 8
    assert len([minute for minute in allowed if minute < 60]) == 4
    assert {status for _minute, status in sent} == {302, 429}


def test_a_second_code_within_the_minute_is_refused_with_what_was_typed():
    ask(Client())
    answer = ask(Client())
    assert answer.status_code == 429
    assert "一分钟内只能要一条" in answer.content.decode()
    assert PHONE in answer.content.decode()
    assert Message.objects.count() == 1


def test_who_went_back_and_asked_again_too_soon_finds_the_field_for_the_code_he_has():
    client = Client()
    ask(client)
    again = ask(client)
    assert (again.status_code, again.url) == (303, "/sign-in/code/")
    assert "刚才发的那条还能用" in client.get(again.url).content.decode()
    assert Message.objects.count() == 1
    assert type_code(client, last_code()).status_code == 302


def test_another_number_is_given_on_the_way_to_the_same_page():
    client = Client()
    code_page = client.post("/sign-in/", {"phone": PHONE, "next": "/book/?x=1"}).headers["Location"]
    assert 'href="/sign-in/?next=%2Fbook%2F%3Fx%3D1"' in client.get(code_page).content.decode()


def test_spelling_a_number_differently_does_not_open_the_limit():
    assert ask(Client(), "13812345678").status_code == 302
    assert ask(Client(), "+86 138 1234 5678").status_code == 429


def test_twenty_an_hour_for_an_address_and_no_row_beyond():
    answers = [ask(Client(), f"139{n:08d}").status_code for n in range(22)]
    assert answers == [302] * 20 + [429] * 2
    assert User.objects.count() == 20


def test_the_spend_cap_over_everyone(settings):
    settings.SMS_CODES_PER_HOUR = 2
    assert [ask(Client(), f"139{n:08d}").status_code for n in range(3)] == [302, 302, 422]


def test_known_and_unknown_numbers_look_the_same():
    make_user(phone="+8613900000001", phone_verified_at=clock.now())
    make_user(phone="+8613900000002", is_active=False)
    staff = make_member("receptionist", community=make_resident().community, phone="+8613900000003")
    pages = []
    for phone in ("13900000001", "13900000002", "13900000003", "13900000004"):
        client = Client()
        asked = ask(client, phone)
        shown = client.get("/sign-in/code/")
        tried = type_code(client, "000000")
        pages.append(
            [asked.status_code, asked["Location"], tried.status_code]
            + [strip(page.content.decode(), phone) for page in (shown, tried)]
        )
    assert pages[0] == pages[1] == pages[2] == pages[3]
    assert not Message.objects.filter(user=staff).exists()


def strip(page, phone):
    """What must differ on any two pages: keys of forms, the number's own digits."""
    page = re.sub(r'value="[A-Za-z0-9]{32,64}"|"X-CSRFToken": "[^"]*"', "", page)
    return page.replace(phone[-4:], "").replace(phone[:3], "")


ENGLISH_BROWSER = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.mark.parametrize("asked", ["en", "zh-hans"])
def test_the_code_speaks_the_language_of_the_page_that_asked(asked):
    client = Client()
    client.cookies["django_language"] = asked
    ask(client)
    assert Message.objects.get(kind="login_code").language == asked


@pytest.mark.parametrize("is_new", [True, False])
def test_an_english_browser_decides_for_a_new_account_only(is_new):
    user = make_resident_account(make_resident(phone="+86" + PHONE), last_login=None if is_new else NOON)
    client = Client(**ENGLISH_BROWSER)
    ask(client)
    type_code(client, last_code())
    user.refresh_from_db()
    assert {user.language, user.resident.language} == {"en" if is_new else "zh-hans"}


def test_english_chosen_by_the_button_before_signing_in_is_kept():
    user = make_resident_account(make_resident(phone="+86" + PHONE), last_login=NOON)
    client = Client()
    client.post("/language/", {"language": "en"})
    ask(client)
    type_code(client, last_code())
    user.refresh_from_db()
    assert {user.language, user.resident.language} == {"en"}


def test_a_disabled_account_gets_no_code_and_no_way_in():
    make_user(phone="+86" + PHONE, is_active=False)
    client = Client()
    ask(client)
    assert not Message.objects.exists()
    assert type_code(client, "").status_code == 422
    assert not is_in(client)


def test_another_code_kills_the_first():
    client = Client()
    with time_machine.travel(NOON, tick=False) as time:
        ask(client)
        first = last_code()
        assert "60</span> 秒后" in client.get("/sign-in/code/").content.decode()
        early = client.post("/sign-in/code/again/", follow=True)
        assert "一分钟内只能要一条" in early.content.decode()
        time.shift(61)
        assert client.post("/sign-in/code/again/")["Location"] == "/sign-in/code/"
        second = last_code()
        assert Message.objects.filter(kind="login_code").count() == 2
        if first != second:
            assert type_code(client, first).status_code == 422
        assert type_code(client, second).status_code == 302


def test_asking_for_another_number_starts_over():
    client = Client()
    ask(client)
    first = last_code()
    assert client.get("/sign-in/").status_code == 200
    ask(client, "13900001111")
    assert type_code(client, first).status_code == 422


def test_without_redis_a_clear_sentence_and_nothing_else_breaks(monkeypatch, settings):
    monkeypatch.undo()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    client = Client()
    answer = ask(client)
    assert answer.status_code == 422
    assert "验证码暂时发不出去" in answer.content.decode()
    assert not User.objects.exists()
    assert client.get("/staff/sign-in/").status_code == 200


def test_no_phone_number_in_any_address_of_the_flow():
    client = Client()
    addresses = [ask(client)["Location"], type_code(client, last_code())["Location"]]
    assert not any("138" in address for address in addresses)


def test_sign_out_needs_a_post():
    client = Client()
    ask(client)
    type_code(client, last_code())
    assert client.get("/sign-out/").status_code == 405
    assert is_in(client)
    assert client.post("/sign-out/").status_code == 303
    assert not is_in(client)


def test_signing_out_everywhere_ends_the_other_phone_too():
    user = make_user(phone="+86" + PHONE, phone_verified_at=clock.now())
    here, there, other = Client(), Client(), Client()
    for client in (here, there):
        client.force_login(user)
    other.force_login(make_user())
    Token.objects.create(user=user)
    address = renew_calendar_link(user, at=clock.now())
    assert other.get(f"/calendar/{address}.ics").status_code == 200
    assert here.post("/sign-out/everywhere/")["Location"] == "/sign-in/"
    assert not is_in(here)
    assert not is_in(there)
    assert is_in(other)
    assert not Token.objects.filter(user=user).exists()
    assert other.get(f"/calendar/{address}.ics").status_code == 404


def test_disabling_an_account_ends_its_session_within_one_request():
    user = make_user(phone="+86" + PHONE)
    client = Client()
    client.force_login(user)
    assert is_in(client)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not is_in(client)


def test_whoever_is_appointed_comes_in_anew_by_password():
    """The session that a text message opened is that of a resident; it never becomes one of staff."""
    client, cast = Client(), make_cast()
    ask(client)
    type_code(client, last_code())
    user = User.objects.get(phone="+86" + PHONE)
    appoint(cast.home, user=user, role="receptionist", by=cast.manager, at=clock.now())
    assert client.get("/residents/")["Location"] == "/staff/sign-in/"
    assert "用用户名和密码登录" in client.get("/staff/sign-in/").content.decode()
    assert not is_in(client)
    user.set_password("a-long-enough-password")
    user.save()
    client.post("/staff/sign-in/", {"login": user.username, "password": "a-long-enough-password"})
    assert client.get("/residents/").status_code == 200


def test_where_each_role_starts():
    cast = make_cast()
    starts = {person.username: landing_for(person) for person in (cast.officer, cast.street_officer, cast.reception)}
    assert starts == {"grid": "/field/", "street": "/dashboard/", "reception": "/desk/"}
    assert landing_for(cast.elder_account) == "/"


def test_the_base_adapter_sends_nothing_by_itself():
    with pytest.raises(NotImplementedError):
        PhoneAccounts().send_code(user=make_user(), phone="+86" + PHONE, code="123456")


def test_the_demo_names_accounts_that_exist_and_only_there(settings):
    settings.PORTAL_DEMO = True
    cast = make_cast()
    page = Client().get("/staff/sign-in/").content.decode()
    assert "<b>reception</b>" in page
    assert "接待员" in page
    assert "contractor" not in page
    cast.elder_account.phone = "+8613800000001"
    cast.elder_account.save()
    assert "13800000001" in Client().get("/sign-in/").content.decode()
    settings.PORTAL_DEMO = False
    page = Client().get("/staff/sign-in/").content.decode()
    assert "demo-2026" not in page
    assert "<b>reception</b>" not in page


@pytest.mark.django_db(transaction=True)
def test_two_browsers_ask_for_a_new_number_at_once():
    gate, made = threading.Barrier(2), []

    def work():
        try:
            gate.wait(5)
            made.append(account_for_phone("+86" + PHONE).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(made) == 2
    assert made[0] == made[1]


def test_the_session_keeps_a_hash_and_the_outbox_forgets_what_it_sent(settings):
    settings.PORTAL_DEMO = False
    client = Client()
    ask(client)
    code = last_code()
    assert code not in str(dict(client.session.items()))
    deliver_due(at=clock.now())
    message = Message.objects.get(kind="login_code")
    assert (message.state, message.body, message.context) == ("sent", "", {})
    assert type_code(client, code).status_code == 302 and client.get("/account/").status_code == 200


def test_the_demo_shows_the_code_after_sending(settings):
    settings.PORTAL_DEMO = True
    ask(Client())
    deliver_due(at=clock.now())
    message = Message.objects.get(kind="login_code")
    assert message.context["code"] in message.body


@pytest.mark.parametrize(
    "pasted", ["{0}。", "{1}-{2}", "【会客厅】您的验证码是 {0}，十分钟内有效。", "{1} {2}", "验证码：{0}"]
)
def test_a_code_is_read_however_it_is_pasted(pasted):
    client = Client()
    ask(client)
    code = last_code()
    assert type_code(client, pasted.format(code, code[:3], code[3:])).status_code == 302 and is_in(client)


@pytest.mark.parametrize("typed", ["12345", "1234567", "验证码", "123456 或 654321"])
def test_what_is_no_code_costs_no_try(typed):
    client = Client()
    ask(client)
    for _try in range(6):
        answer = type_code(client, typed)
        assert answer.status_code == 422 and "六位数字" in answer.content.decode()
    assert type_code(client, last_code()).status_code == 302 and is_in(client)


def test_a_wrong_code_does_not_stand_in_the_way_of_the_next():
    client = Client()
    ask(client)
    answer = type_code(client, wrong(last_code()))
    assert answer.status_code == 422 and wrong(last_code()) not in answer.content.decode()
