"""A form or an API call sent twice counts once: real threads, real connections."""

import threading
import uuid

import pytest
from django.db import connection, connections
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from community_portal import clock
from community_portal.people.models import Submission
from community_portal.people.once import FORM_KEY, answer_once, idempotent, once
from community_portal.places.models import Street
from community_portal.refusals import Changed, Refusal
from tests.factories import make_street, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def posted(user, key, *, path="/book/", **fields):
    request = RequestFactory().post(path, {FORM_KEY: key, **fields})
    request.user = user
    return request


@once
def open_street(request):
    """A deed that leaves a trace: a street. Without a name it comes back as a form with errors."""
    name = request.POST.get("name", "")
    if not name:
        make_street(name="试过一次")
        return HttpResponse("请填名称", status=422)
    street = make_street(name=name)
    return HttpResponseRedirect(f"/streets/{street.pk}/", status=303)


def both_at_once(work):
    """Runs ``work`` twice in two threads that start together; gives both answers or errors."""
    gate, answers = threading.Barrier(2), [None, None]

    def run(index):
        try:
            gate.wait(timeout=5)
            answers[index] = work(index)
        except Exception as error:  # the test looks at it
            answers[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return answers


def test_double_click_makes_one_street_and_the_same_redirect():
    user, key = make_user(), uuid.uuid4().hex
    answers = both_at_once(lambda _i: open_street(posted(user, key, name="双击街道")))
    assert Street.objects.filter(name="双击街道").count() == 1
    assert answers[0].status_code == answers[1].status_code == 303
    assert answers[0].url == answers[1].url


def test_two_keys_are_two_deeds():
    user = make_user()
    both_at_once(lambda i: open_street(posted(user, f"key-{i}", name="两件事")))
    assert Street.objects.filter(name="两件事").count() == 2


def test_the_same_key_of_two_people_is_two_deeds():
    people = [make_user(), make_user()]
    both_at_once(lambda i: open_street(posted(people[i], "same", name="两个人")))
    assert Street.objects.filter(name="两个人").count() == 2


def test_a_form_that_comes_back_keeps_its_key_free_and_what_was_counted_stays_counted():
    user, key = make_user(), uuid.uuid4().hex
    assert open_street(posted(user, key)).status_code == 422
    assert not Submission.objects.exists()
    assert Street.objects.filter(name="试过一次").exists()
    assert open_street(posted(user, key, name="改好了")).status_code == 303


def test_the_key_of_one_page_does_not_answer_for_another():
    user, key = make_user(), uuid.uuid4().hex
    open_street(posted(user, key, name="甲"))
    assert open_street(posted(user, key, path="/help/", name="乙")).status_code == 303
    assert set(Street.objects.values_list("name", flat=True)) == {"甲", "乙"}


def test_the_same_page_sent_again_with_other_words_is_refused_and_never_passed_over_in_silence():
    """Back in the browser, something else typed, sent again."""
    user, key = make_user(), uuid.uuid4().hex
    open_street(posted(user, key, name="甲"))
    request = posted(user, key, name="乙", words="写了很久的话")
    request.session, request.elder_mode = {}, False
    answer = open_street(request)
    assert answer.status_code == 409
    assert "刚才已经提交过" in answer.content.decode()
    assert "写了很久的话" in answer.content.decode()
    assert not Street.objects.filter(name="乙").exists()


def test_an_unreadable_key_does_the_deed_without_a_key():
    assert open_street(posted(make_user(), "坏\x00" * 100, name="无键")).status_code == 303
    assert not Submission.objects.exists()


def test_while_the_first_is_still_at_work_the_second_hears_so():
    started, finish = threading.Event(), threading.Event()
    outcome = {}

    def slow():
        started.set()
        finish.wait(5)
        return "done"

    def first():
        try:
            outcome["first"] = keep("slow", slow)
        finally:
            connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    started.wait(5)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    try:
        with pytest.raises(Changed) as refusal:
            keep("slow", lambda: "again")
    finally:
        finish.set()
        thread.join()
        connection.close()
    assert (refusal.value.status, refusal.value.code) == (409, "in_flight")
    assert outcome["first"] == "done"


def keep(key, deed, fingerprint="same"):
    return answer_once(
        scope="user:1",
        key=key,
        fingerprint=fingerprint,
        deed=deed,
        store=lambda answer: {"status": 200, "body": answer},
        repeat=lambda row: f"again: {row.body}",
    )


def test_a_deed_that_raises_leaves_its_key_free():
    def breaks():
        raise Refusal("满了", code="session_full", status=409)

    with pytest.raises(Refusal):
        keep("k", breaks)
    assert keep("k", lambda: "now it works") == "now it works"
    assert keep("k", breaks) == "again: now it works"


class Streets(APIView):
    """Stands for any writing viewset."""

    permission_classes: list = []
    done = 0

    @idempotent
    def post(self, request):
        if not request.data.get("name"):
            raise Refusal("请填名称", code="no_name", field="name")
        street = make_street(name=request.data["name"])
        return Response({"id": street.pk, "at": clock.now()}, status=201, headers={"Location": f"/streets/{street.pk}"})


def call(user, body, key=None):
    headers = {"Idempotency-Key": key} if key is not None else {}
    request = APIRequestFactory().post("/api/v1/streets/", body, format="json", headers=headers)
    force_authenticate(request, user)
    response = Streets.as_view()(request)
    return response.render()


def test_api_repeats_status_body_and_location():
    user = make_user()
    first = call(user, {"name": "一"}, "k1")
    again = call(user, {"name": "一"}, "k1")
    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert again["Location"] == first["Location"]
    assert (first.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
    assert Street.objects.filter(name="一").count() == 1


def test_api_twins_in_two_threads_are_one_deed():
    user = make_user()
    answers = both_at_once(lambda _i: call(user, {"name": "双"}, "k2"))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert Street.objects.filter(name="双").count() == 1


def test_api_order_of_fields_does_not_matter():
    user = make_user()
    first = call(user, {"name": "一", "x": 1}, "k3")
    assert call(user, {"x": 1, "name": "一"}, "k3").content == first.content


def test_api_same_key_other_body_is_422():
    user = make_user()
    call(user, {"name": "一"}, "k4")
    answer = call(user, {"name": "二"}, "k4")
    assert (answer.status_code, answer.data["code"]) == (422, "key_reused")


def test_api_refusal_keeps_the_key_free():
    user = make_user()
    assert call(user, {}, "k5").status_code == 422
    assert call(user, {"name": "好"}, "k5").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 77, "键"])
def test_api_unreadable_key_is_refused(key):
    answer = call(make_user(), {"name": "一"}, key)
    assert (answer.status_code, answer.data["code"]) == (422, "bad_key")
    assert not Street.objects.exists()


def test_api_without_a_key_just_does_it():
    user = make_user()
    assert call(user, {"name": "一"}).status_code == call(user, {"name": "一"}).status_code == 201
    assert Street.objects.filter(name="一").count() == 2


def test_of_two_deeds_that_wait_for_each_other_one_is_done_and_the_other_told_to_try_again():
    streets, both_hold = [make_street(), make_street()], threading.Barrier(2)

    def rename(index):
        def deed():
            with connection.cursor() as cursor:  # else both may tire of waiting before the server looks for the knot
                cursor.execute("SET LOCAL lock_timeout = 0")
            first, second = (streets[index].pk, streets[1 - index].pk)
            Street.objects.filter(pk=first).update(name=f"改名 {first} {index}")
            both_hold.wait(timeout=10)
            Street.objects.filter(pk=second).update(name=f"改名 {second} {index}")
            return f"done {index}"

        return answer_once(
            scope="test",
            key=f"cross-{index}",
            fingerprint="",
            deed=deed,
            store=lambda _done: {"status": 200},
            repeat=str,
        )

    found = both_at_once(rename)
    (done,) = [answer for answer in found if isinstance(answer, str)]
    (told,) = [answer for answer in found if isinstance(answer, Changed)]
    assert told.code == "busy" and told.status == 409
    assert {name[-1] for name in Street.objects.values_list("name", flat=True)} == {done[-1]}
    assert Submission.objects.count() == 1, "the key of the other is free"
