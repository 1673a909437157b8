"""Frames, fragments, elder mode, refusals and the pages for when something is away."""

import datetime as dt

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template import Context, Template
from django.test import Client, RequestFactory, override_settings
from django.utils.translation import override

from community_portal import clock
from community_portal.refusals import Changed, Refusal
from community_portal.web import components, pages, spoken
from community_portal.web.navigation import Entry, current_entry
from tests.cast import make_cast

pytestmark = pytest.mark.django_db


def ask(path: str = "/style/", **headers: str) -> HttpRequest:
    """A request as the middleware would hand it on."""
    request = RequestFactory().get(path, headers=headers)
    cast = make_cast()
    request.user = cast.reception
    SessionMiddleware(lambda _: HttpResponse()).process_request(request)
    MessageMiddleware(lambda _: HttpResponse()).process_request(request)
    return request


def test_htmx_gets_the_fragment_and_going_back_gets_the_page(monkeypatch):
    chosen = []
    monkeypatch.setattr(pages, "render", lambda request, name, *rest, **more: chosen.append(name) or HttpResponse())
    factory = RequestFactory()
    for headers in ({}, {"HX-Request": "true"}, {"HX-Request": "true", "HX-History-Restore-Request": "true"}):
        answer = pages.render_page(factory.get("/", headers=headers), "whole.html", {}, fragment="part.html")
        assert "HX-Request" in answer.headers["Vary"]
    assert chosen == ["whole.html", "part.html", "whole.html"]


def test_done_redirects_with_its_sentence_and_a_way_back():
    request = ask()
    answer = pages.done(request, "已预约。", "style", undo_url="/undo/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/style/")
    (message,) = get_messages(request)
    assert (str(message), components.undo_url(message)) == ("已预约。", "/undo/")


def test_done_tells_htmx_to_go_itself():
    answer = pages.done(ask(**{"HX-Request": "true"}), "已预约。", "style")
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/style/")


def test_refused_keeps_what_was_typed():
    request = ask()
    request.method, request.POST = "POST", QueryDict("words=<b>我的话</b>&session=17")
    answer = pages.refused(request, Changed("别人刚刚约走了。"), back="/style/")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "有人快了一步" in page and "别人刚刚约走了。" in page and 'href="/style/"' in page
    assert "&lt;b&gt;我的话" in page
    in_the_way = Refusal("两份档案都有预约。", code="both_booked", status=409)
    assert "有人快了一步" not in pages.refused(request, in_the_way).content.decode(), "nobody else did anything"


def test_a_form_left_open_too_long_leads_back_to_it_and_nowhere_else():
    strict = Client(enforce_csrf_checks=True)
    for came_from, back in (("http://testserver/style/", "http://testserver/style/"), ("https://evil.example/", "/")):
        answer = strict.post("/elder-mode/", {"on": "1"}, headers={"Referer": came_from})
        page = answer.content.decode()
        assert answer.status_code == 403 and "放得太久" in page
        assert f'<a class="btn btn-primary" href="{back}">' in page and "evil" not in page


def test_only_the_nearest_entry_is_current():
    entries = [
        Entry(url, name, name, "house")
        for name, url in (("home", "/"), ("desk", "/desk/"), ("visits", "/desk/visits/"))
    ]
    assert current_entry("/desk/visits/7/", entries) == "visits"
    assert current_entry("/desk/intake/", entries) == "desk"
    assert current_entry("/", entries) == "home"
    assert current_entry("/elsewhere/", entries) == ""


def test_elder_mode_is_kept_in_the_browser_and_with_the_account(client: Client):
    cast = make_cast()
    answer = client.post("/elder-mode/", {"on": "1", "next": "/style/?frame=resident"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/style/?frame=resident")
    page = client.get("/style/?frame=resident").content.decode()
    assert " data-elder" in page and 'href="tel:' in page and "data-read-aloud" in page
    assert "data-read-aloud" in client.get("/sign-in/").content.decode()
    client.force_login(cast.elder_account)
    client.post("/elder-mode/", {"on": "0"})
    cast.elder_account.refresh_from_db()
    assert cast.elder_account.elder_mode is False
    assert " data-elder" not in client.get("/style/?frame=resident").content.decode()


def test_elder_mode_does_not_send_people_elsewhere(client: Client):
    assert client.post("/elder-mode/", {"on": "1", "next": "https://evil.example/"}).headers["Location"] == "/"
    assert client.get("/elder-mode/").status_code == 405


def test_comfort_switched_after_a_form_went_wrong_leads_back_to_the_form(cast, signed_in):
    """Where the form went to often takes nothing but forms."""
    client = signed_in(cast.reception)
    file = f"http://localhost/residents/{cast.elder.pk}/"
    page = client.post(
        f"{file}consents/", {"give": "1", "purpose": "nonsense"}, headers={"Referer": file}
    ).content.decode()
    assert f'action="{file}" id="with-words"' in page
    elsewhere = client.post(
        f"{file}consents/", {"give": "1"}, headers={"Referer": "https://evil.example/"}
    ).content.decode()
    assert 'action="/" id="with-words"' in elsewhere
    assert 'name="next" value="/residents/?q=chen"' in client.get("/residents/?q=chen").content.decode()


def test_a_page_that_is_not_there_leads_staff_to_their_own_first_page(cast, signed_in):
    for who, first in ((cast.reception, "/desk/"), (cast.street_officer, "/inbox/"), (cast.elder_account, "/")):
        page = signed_in(who).get("/no-such-page/").content.decode()
        assert f'class="btn btn-primary" href="{first}"' in page


def test_a_number_to_call_even_before_any_house_exists(client: Client):
    client.cookies["elder"] = "1"
    assert "tel:12345" in client.get("/style/?frame=resident").content.decode()


@override_settings(DEBUG=False)
def test_error_pages_speak_politely(client: Client):
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404 and "没有找到这个页面" in answer.content.decode()


@pytest.mark.parametrize(("view", "status"), [(pages.server_error, 500), (pages.database_is_away, 503)])
def test_pages_for_bad_days_need_no_database(view, status, django_db_blocker):
    with django_db_blocker.block():
        answer = view(RequestFactory().get("/"))
    assert answer.status_code == status
    assert "tel:12345" in answer.content.decode() and "{%" not in answer.content.decode()


def test_pages_for_bad_days_link_their_stylesheet_by_its_hashed_name(client: Client, settings, tmp_path):
    """A name without hash is kept by browsers as long as the others, and so goes stale with the next release."""
    (tmp_path / "staticfiles.json").write_text(
        '{"version": "1.1", "hash": "", "paths": {"css/alone.css": "css/alone.0123456789ab.css"}}'
    )
    settings.STATIC_ROOT = tmp_path
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": {"BACKEND": manifest}}):
        request = RequestFactory().get("/")
        answers = [pages.server_error(request), pages.database_is_away(request)]
        answers += [pages.offline_page(request), pages.service_worker(request)]
    for answer in answers:
        assert "/static/css/alone.0123456789ab.css" in answer.content.decode()
        assert "alone.css" not in answer.content.decode()


def test_offline_page_and_worker_keep_nothing_personal(client: Client):
    worker = client.get("/sw.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert "cache.put" not in worker.content.decode() and "/offline/" in worker.content.decode()
    assert "没有网络" in client.get("/offline/").content.decode()


def test_days_are_said_as_people_say_them(monkeypatch):
    now = clock.at_wall(dt.date(2026, 11, 24), dt.time(10, 0))
    monkeypatch.setattr(clock, "now", lambda: now)
    at = lambda *day: clock.at_wall(dt.date(*day), dt.time(9, 5))  # noqa: E731
    assert [spoken.short_when(at(2026, 11, day)) for day in (23, 24, 25, 26)] == [
        "昨天 9:05",
        "今天 9:05",
        "明天 9:05",
        "周四 9:05",
    ]
    assert spoken.short_when(at(2026, 12, 5)) == "12月5日 9:05"
    assert spoken.short_when(at(2027, 1, 5)) == "2027年1月5日 9:05"
    assert spoken.short_when(None) == "—"
    with override("en"):
        assert spoken.short_when(at(2026, 11, 26)) == "Thu 9:05"
        assert spoken.short_day(dt.date(2026, 12, 5)) == "5 Dec"


def test_a_form_of_one_field_complains_once():
    class One(forms.Form):
        name = forms.CharField()

    class Two(One):
        words = forms.CharField()

    words = Template("{% form_errors form %}")
    assert "有几处" not in words.render(Context({"form": One({})}))
    refused = words.render(Context({"form": Two({})}))
    assert "有几处" in refused and "照片要再选一次" not in refused
    with_photo = Two({}, {"photo": SimpleUploadedFile("a.jpg", b"x")})
    assert "照片要再选一次" in words.render(Context({"form": with_photo})), "browsers keep no chosen file"


def test_phones_are_masked():
    assert spoken.masked_phone("+8613800002046") == "138****2046"
    assert spoken.masked_phone(None) == "" and spoken.masked_phone("12345") == "12345"


def test_words_of_people_are_escaped_in_components():
    words = Template(
        '{% chip w %}{% row_link url="/" title=w %}{% notice %}{{ w }}{% endnotice %}{% panel title=w %}{% endpanel %}'
    )
    page = words.render(Context({"w": "<script>x</script>"}))
    assert "<script>" not in page and page.count("&lt;script&gt;") == 4


def test_the_address_of_a_form_opened_by_hand_is_a_page_with_a_way_back(client: Client):
    answer = client.get("/elder-mode/")
    assert answer.status_code == 405 and answer.headers["Allow"] == "POST"
    page = answer.content.decode()
    assert "不能直接打开" in page and 'href="/"' in page
    api = client.delete("/api/v1/communities/")
    assert api.headers["Content-Type"] == "application/json"
