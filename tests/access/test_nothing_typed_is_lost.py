"""Whatever comes between a form and its being done, the words stand on the answer: a session that ended, a page that is
stale, a form sent before. And what nobody can see is not taken for words."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from appointments.models import HelpRequest
from community_portal.people.models import Resident, ViewLog
from community_portal.web.inputs import visible
from tests.cast import Cast
from tests.factories import make_category, make_service

WORDS = "灯坏了，晚上看不见台阶"


@pytest.fixture
def desk(cast: Cast, signed_in: Any) -> Client:
    return signed_in(cast.reception)


def test_a_form_sent_after_the_session_ended_shows_its_words_and_the_way_back(cast: Cast, client: Client) -> None:
    body = {
        "name": "新来的",
        "phone": "139 1111 2222",
        "words": WORDS,
        "urgency": "normal",
        "category": "17",
        "once": "k" * 20,
    }
    answer = client.post("/desk/intake/", body, headers={"Referer": "http://testserver/desk/intake/?resident=3"})
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "登录已经结束" in page and "/staff/sign-in/?next=%2Fdesk%2Fintake%2F%3Fresident%3D3" in page
    assert all(words in page for words in ("新来的", "139 1111 2222", WORDS)) and "k" * 20 not in page
    assert ">normal" not in page and "17</blockquote>" not in page


def test_words_of_another_site_do_not_stand_on_our_page(cast: Cast, client: Client) -> None:
    answer = client.post("/desk/intake/", {"words": "请拨打骗子电话"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 302 and answer["Location"].startswith("/staff/sign-in/")
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/desk/intake/", {"words": "请拨打骗子电话"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403 and "骗子" not in answer.content.decode()
    ours = strict.post("/desk/intake/", {"words": WORDS}, headers={"Origin": "http://testserver"})
    assert ours.status_code == 403 and WORDS in ours.content.decode()


def test_no_password_and_no_code_is_shown_again(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/staff/sign-in/", {"login": "reception", "password": "Secret Words", "code": "654 321"})
    page = answer.content.decode()
    assert answer.status_code == 403 and "Secret Words" not in page and "654 321" not in page


def test_a_stale_file_keeps_every_word(desk: Client, cast: Cast) -> None:
    body = {
        "name": "陈平安",
        "address": "龙田花苑 12幢 601",
        "note": "耳背，请大声",
        "born_on": "1937-04-22",
        "seen": 99,
    }
    answer = desk.post(f"/residents/{cast.elder.pk}/edit/", body)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert all(words in page for words in ("陈平安", "龙田花苑 12幢 601", "耳背，请大声", "1937-04-22"))


def test_a_form_sent_before_with_other_words_keeps_them(desk: Client, cast: Cast) -> None:
    body = {
        "category": make_category().pk,
        "words": WORDS,
        "urgency": "normal",
        "source": "desk",
        "once": "once-and-only",
    }
    assert desk.post("/desk/intake/", body | {"name": "新来的"}).status_code == 303
    answer = desk.post("/desk/intake/", body | {"name": "又一位", "address": "12幢 402"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "又一位" in page and "12幢 402" in page


def test_too_many_files_is_a_page_with_a_sentence(desk: Client) -> None:
    files = [SimpleUploadedFile(f"{n}.jpg", b"x") for n in range(101)]
    answer = desk.post("/desk/intake/", {"words": WORDS, "photos": files})
    page = answer.content.decode()
    assert answer.status_code == 400 and "文件太多" in page and "<html" in page
    assert not HelpRequest.objects.exists()


@pytest.mark.parametrize(
    "words", ["\u200b\u200b", "\u3164\u3164", "\u202e \u3000\u0007", "\0\0", "\u200d\u200d", "\u2800"]
)
def test_what_nobody_can_see_is_no_word(words: str, desk: Client, cast: Cast) -> None:
    body = {"category": make_category().pk, "urgency": "normal", "source": "desk"}
    assert desk.post("/desk/intake/", body | {"name": "新来的", "words": words}).status_code == 422
    assert desk.post("/desk/intake/", body | {"name": words, "words": WORDS}).status_code == 422
    Resident.objects.filter(pk=cast.elder.pk).update(id_number="320602193704221234")
    assert desk.post(f"/residents/{cast.elder.pk}/reveal/", {"reason": words}).status_code == 422
    assert not ViewLog.objects.exists() and not HelpRequest.objects.exists()


def test_what_can_be_seen_stays(cast: Cast, signed_in: Any) -> None:
    assert visible("一行\r\n\t二行 👩\u200d👧 می\u200cخواهم") == "一行\r\n\t二行 👩\u200d👧 می\u200cخواهم"
    assert visible("右\u202e左\u2066") == "右左"


@pytest.mark.parametrize("name", ["１２", "😀😀", "ﾟﾟ", "12", "--"])
def test_digits_and_pictures_are_no_name(name: str, desk: Client) -> None:
    answer = desk.post("/residents/new/", {"name": name})
    assert answer.status_code == 422 and "姓名不能只有数字或符号" in answer.content.decode()


def test_a_service_cannot_be_called_nothing(signed_in: Any, cast: Cast) -> None:
    service = make_service(community=cast.home)
    manager = signed_in(cast.manager)
    answer = manager.post(f"/settings/services/{service.pk}/", {"name": "\u200b\u200b", "channels": ["centre"]})
    service.refresh_from_db()
    assert answer.status_code == 422 and service.name.strip("\u200b")


@pytest.mark.parametrize("phone", ["+1 202 555 0143x9", "85512345-802", "0513-85512345转802", "85512345 ext. 8"])
def test_an_extension_is_not_dropped_in_silence(phone: str, desk: Client) -> None:
    answer = desk.post("/residents/new/", {"name": "新来的", "phone": phone})
    page = answer.content.decode()
    assert (
        answer.status_code == 422 and phone.split()[0] in page and not Resident.objects.filter(name="新来的").exists()
    )


def test_json_nested_beyond_reading_is_unreadable_as_any_other(desk: Client) -> None:
    answer = desk.post("/api/v1/bookings/", "[" * 100_000, content_type="application/json")
    assert answer.status_code == 400 and answer.json()["code"] == "parse_error"


class Stalls:
    """A body that never comes: to wait for it holds a thread of the server."""

    def read(self, *_size: int) -> bytes:
        raise AssertionError("waited for what no page of ours sent")

    readline = read


@pytest.mark.parametrize(
    ("path", "status"), [("/help/", 403), ("/api/v1/bookings/", 401), ("/api/v1/help-requests/", 401)]
)
@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/json"]
)
def test_what_no_page_of_ours_sent_is_answered_unread(path: str, status: int, kind: str, db: None) -> None:
    answer = Client(enforce_csrf_checks=True).request(
        REQUEST_METHOD="POST", PATH_INFO=path, HTTP_HOST="localhost", CONTENT_LENGTH="9000000", CONTENT_TYPE=kind,
        **{"wsgi.input": Stalls()},
    )  # fmt: skip
    assert answer.status_code == status
