"""The pages: a vote from the list that is imported to the result on paper; voting from a phone; a meeting; an objection."""

import datetime as dt
import io
import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from community_portal import clock
from community_portal.casework.actions import commission
from community_portal.deliberations.actions.ballots import invite_to_vote, make_link
from community_portal.deliberations.actions.meetings import write_minutes
from community_portal.deliberations.actions.votes import confirm_count, open_vote
from community_portal.deliberations.models import (
    Ballot,
    BallotLink,
    Decision,
    Meeting,
    Objection,
    Opinion,
    RollEntry,
    Vote,
)
from community_portal.deliberations.notices import while_they_may_vote
from community_portal.deliberations.standing import count
from community_portal.deliberations.topics import topic_of
from community_portal.outbox.models import Message
from community_portal.people.models import Organisation, Role
from tests.cast import MONDAY
from tests.deliberations.test_meetings import held
from tests.deliberations.votes import CLOSES, LATER, cast_on_paper, draft, make_vote, sheet, unit
from tests.factories import make_member
from tests.loans import borrow, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def wall(moment: dt.datetime) -> str:
    return clock.local(moment).strftime("%Y-%m-%dT%H:%M")


def photo(name: str = "票.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


@pytest.mark.usefixtures("toy")
def test_a_vote_about_a_matter_from_the_list_to_the_result(cast, signed_in) -> None:
    loan = borrow(cast)
    where = f"/deliberations/votes/new/?flow={loan.flow.name}&number={loan.case.number}"
    with time_machine.travel(MONDAY, tick=False):
        manager = signed_in(cast.manager)
        said = {
            "kind": "owners",
            "is_special": "on",
            "heads": "unit",
            "question": "装吗",
            "opens_at": wall(MONDAY),
            "closes_at": wall(CLOSES),
        }
        assert manager.post(where, said | {"closes_at": wall(MONDAY)}).status_code == 422
        answer = manager.post(where, said)
        vote = Vote.objects.get()
        assert answer["Location"] == f"/deliberations/votes/{vote.pk}/roll/" and vote.matter_id == loan.pk
        roll = [("房号", "面积", "业主"), *((f"{n}01", 100, f"业主{n}") for n in range(1, 4))]
        dry = manager.post(answer["Location"], {"file": SimpleUploadedFile("名册.xlsx", sheet(*roll), XLSX)})
        assert "3 套，合计 300.00 ㎡" in dry.content.decode() and not vote.roll.exists()
        assert manager.post(answer["Location"], {"approved": "x" + dry.context["approved"]}).status_code == 409
        assert manager.post(answer["Location"], {"approved": dry.context["approved"]}).status_code == 303
        here = f"/deliberations/votes/{vote.pk}/"
        assert "300.00 ㎡" in manager.get(here).content.decode()
        assert manager.post(here, {"form": "open"}).status_code == 303
        assert "还差 2 户 / 200.00 ㎡ 才有效" in manager.get(here).content.decode()
    with time_machine.travel(LATER, tick=False):
        desk, manager = signed_in(cast.reception), signed_in(cast.manager)
        paper = {"entry": vote.roll.first().pk, "choice": "yes", "channel": "paper", "cast_at": wall(LATER)}
        assert desk.post(f"{here}ballots/", paper).status_code == 422
        assert desk.post(f"{here}ballots/", paper | {"proof": photo()}).status_code == 303
        page = desk.get(f"{here}ballots/").content.decode()
        assert "还有 2 套没投" in page and "101" not in re.findall(r"\?unit=(\w+)", page)
        cast_on_paper(cast, vote, 2, "yes")
        page = manager.get(here).content.decode()
        assert "截止以后一起公布" in page and "<dt>不同意</dt>" not in page  # turnout is public, yes and no are not
        assert page.count("300.00") and "打印选票" in page
        assert manager.get(f"{here}print/").content.decode().count("业主") == 3
    with time_machine.travel(CLOSES + dt.timedelta(minutes=1), tick=False):
        manager = signed_in(cast.manager)
        assert "<dt>不同意</dt>" in manager.get(here).content.decode()
        assert manager.post(here, {"form": "confirm"}).status_code == 303
        page = manager.get(f"{here}print/").content.decode()
        assert "有效，通过" in page and "业主1" not in page
        assert "有效，通过" in manager.get("/deliberations/").content.decode()


def test_a_roll_with_mistakes_is_not_taken(cast, signed_in) -> None:
    vote = make_draft(cast)
    client, here = signed_in(cast.manager), f"/deliberations/votes/{vote.pk}/roll/"
    wrong = sheet(("房号", "面积", "业主"), ("101", 100, "张三"), ("101", 100, "李四"))
    page = client.post(here, {"file": SimpleUploadedFile("名册.xlsx", wrong, XLSX)}).content.decode()
    assert "第 3 行" in page and "就用这份名册" not in page
    answer = client.post(here, {"file": SimpleUploadedFile("名册.xlsx", "房号,面积".encode("gbk"), XLSX)})
    assert answer.status_code == 422
    assert signed_in(cast.reception).get(here).status_code == 403


def make_draft(cast):
    at = clock.now()
    return draft(cast, opens_at=at, closes_at=at + dt.timedelta(days=7), at=at)


@pytest.fixture
def by_phone(cast):
    """A vote under way and the token of the first unit's link, on the day after it opened."""
    with time_machine.travel(LATER, tick=False):
        vote = make_vote(cast, explanation="装在东边。")
        yield vote, make_link(vote.roll.first(), by=cast.manager, at=LATER)


def test_voting_from_a_phone_and_changing_ones_mind(by_phone, client) -> None:
    vote, token = by_phone
    page = client.get(f"/v/{token}/", HTTP_HOST="localhost").content.decode()
    assert "您家：101" in page and "100.00 ㎡" in page and "装在东边" in page and "还差 2 户 / 200.00 ㎡ 才有效" in page
    assert not Ballot.objects.exists()  # whoever looks has not voted
    wrong = client.post(f"/v/{token}/", {"choice": "yes", "tail": "9999"}, HTTP_HOST="localhost")
    assert wrong.status_code == 422 and not Ballot.objects.exists()
    for choice in ("yes", "no"):
        answer = client.post(f"/v/{token}/", {"choice": choice, "tail": "０００１"}, HTTP_HOST="localhost")
        assert (
            answer.status_code == 303
            and "投好了" in client.get(answer["Location"], HTTP_HOST="localhost").content.decode()
        )
    assert count(vote).tally.no.heads == 1 and Ballot.objects.count() == 2
    assert "不同意</dt>" not in client.get(f"/v/{token}/", HTTP_HOST="localhost").content.decode()


def test_a_form_sent_twice_is_one_ballot(by_phone, client) -> None:
    _vote, token = by_phone
    for _again in range(2):
        given = {"choice": "yes", "tail": "0001", "once": "k" * 32}
        assert client.post(f"/v/{token}/", given, HTTP_HOST="localhost").status_code == 303
    assert Ballot.objects.count() == 1


def test_five_wrong_tries_end_the_link(by_phone, client) -> None:
    _vote, token = by_phone
    for _try in range(5):
        client.post(f"/v/{token}/", {"choice": "yes", "tail": "1234"}, HTTP_HOST="localhost")
    assert client.post(f"/v/{token}/", {"choice": "yes", "tail": "0001"}, HTTP_HOST="localhost").status_code == 404
    assert BallotLink.objects.get().revoked_at and not Ballot.objects.exists()


def test_guessed_and_foreign_links_open_nothing(by_phone, client) -> None:
    for token in ("x" * 32, "short", by_phone[1][::-1]):
        assert client.get(f"/v/{token}/", HTTP_HOST="localhost").status_code == 404


def test_after_the_end_the_page_says_so(by_phone, client) -> None:
    _vote, token = by_phone
    with time_machine.travel(CLOSES + dt.timedelta(seconds=1), tick=False):
        page = client.get(f"/v/{token}/", HTTP_HOST="localhost").content.decode()
        assert "已经截止。结果确认以后，还是打开这个链接看。" in page and "今天最后一天" not in page
        answer = client.post(f"/v/{token}/", {"choice": "yes", "tail": "0001"}, HTTP_HOST="localhost")
        assert answer.status_code == 422 and not Ballot.objects.exists()


def test_the_last_day_and_the_days_before_the_first_are_called_so(by_phone, client, cast) -> None:
    _vote, token = by_phone
    with time_machine.travel(CLOSES - dt.timedelta(minutes=5), tick=False):
        page = client.get(f"/v/{token}/", HTTP_HOST="localhost").content.decode()
        assert "今天最后一天" in page and "还有 0 天" not in page
    ahead = make_vote(cast, opens_at=LATER + dt.timedelta(days=2))
    early = make_link(ahead.roll.first(), by=cast.manager, at=LATER)
    page = client.get(f"/v/{early}/", HTTP_HOST="localhost").content.decode()
    assert "开始投，到时候再打开这个链接" in page and 'name="choice"' not in page


def test_a_vote_is_called_under_way_from_its_beginning_to_its_end(by_phone, cast, signed_in) -> None:
    make_vote(cast, opens_at=LATER + dt.timedelta(days=2))
    manager = signed_in(cast.manager)
    page = manager.get("/deliberations/").content.decode()
    assert page.count("正在投") == 1 and page.count("还没开始") == 1
    with time_machine.travel(CLOSES + dt.timedelta(seconds=1), tick=False):
        page = signed_in(cast.manager).get("/deliberations/").content.decode()
        assert page.count("截止了，等确认结果") == 2 and "正在投" not in page


def test_a_roll_that_came_too_late_is_no_word_of_anybody(cast, signed_in) -> None:
    vote = make_draft(cast)
    client, here = signed_in(cast.manager), f"/deliberations/votes/{vote.pk}/roll/"
    good = sheet(("房号", "面积", "业主"), ("101", 100, "张三"))
    page = client.post(here, {"file": SimpleUploadedFile("名册.xlsx", good, XLSX)}).content.decode()
    approved = re.search(r'name="approved" value="([^"]+)"', page)
    open_vote(vote, by=cast.manager, at=clock.now())
    late = client.post(here, {"approved": approved[1]})
    assert late.status_code == 409 and approved[1][:20] not in late.content.decode()


def test_whoever_was_asked_reads_what_came_of_it(by_phone, client, cast) -> None:
    """ "Published together after the end": on the page that said so."""
    vote, token = by_phone
    for number, choice in ((1, "yes"), (2, "no")):
        cast_on_paper(cast, vote, number, choice)
    with time_machine.travel(CLOSES + dt.timedelta(days=1), tick=False):
        confirm_count(vote, by=cast.manager, at=clock.now())
        page = client.get(f"/v/{token}/", HTTP_HOST="localhost")
        told = page.content.decode()
        assert (
            page.status_code == 200 and "有效，没有通过" in told and "您家投的：同意" in told and "不同意</dt>" in told
        )
        assert "<form" not in told[told.index("<main") :].split("</main>")[0] and "还差" not in told
        late = client.post(f"/v/{token}/", {"choice": "yes", "tail": "0001"}, HTTP_HOST="localhost")
        assert late.status_code == 409 and Ballot.objects.count() == 2
        BallotLink.objects.update(revoked_at=LATER)  # taken back before it came to an end
        assert client.get(f"/v/{token}/", HTTP_HOST="localhost").status_code == 404


def test_invitations_go_to_whoever_has_not_voted_and_are_true_when_sent(cast) -> None:
    vote = make_vote(cast, [unit(1), unit(2, phone=""), unit(3)])
    cast_on_paper(cast, vote, 3, "yes")
    assert invite_to_vote(vote, by=cast.manager, at=LATER) == 1
    message = Message.objects.get(kind="ballot_invitation")
    entry = RollEntry.objects.get(unit="101")
    assert message.address == entry.phone and message.context["entry"] == entry.pk
    token = BallotLink.objects.get().token_hash
    assert token not in str(message.context)
    assert while_they_may_vote(message, LATER) == ""
    cast_on_paper(cast, vote, 1, "no")
    assert while_they_may_vote(message, LATER)


def test_a_meeting_on_its_page(cast, signed_in) -> None:
    manager = signed_in(cast.manager)
    soon = wall(clock.now() - dt.timedelta(minutes=5))
    said = {
        "kind": "joint",
        "title": "看场地",
        "starts_at": soon,
        "place": "东门",
        "roles": ["residents", "street"],
        "others": "好家物业、燃气公司",
    }
    assert manager.post("/deliberations/meetings/new/", said | {"roles": []}).status_code == 422
    answer = manager.post("/deliberations/meetings/new/", said)
    meeting, here = Meeting.objects.get(), answer["Location"]
    parties = list(meeting.parties.all())
    assert [str(party) for party in parties] == ["居民", "街道", "好家物业", "燃气公司"]
    assert manager.post(here, {"form": "came"}).status_code == 422
    came = {"form": "came", f"came-party_{parties[0].pk}": "8", f"came-party_{parties[3].pk}": "1"}
    assert manager.post(here, came).status_code == 303
    minutes = {"form": "minutes", "minutes-words": "说好装在东边", "minutes-file": photo("纪要.jpg")}
    assert manager.post(here, minutes).status_code == 303
    assert manager.post(here, {"form": "decide", "decide-words": "去量"}).status_code == 422
    decided = {"decide-words": "去量", "decide-owner": cast.officer.pk, "decide-due_on": clock.today().isoformat()}
    assert manager.post(here, {"form": "decide"} | decided).status_code == 303
    decision = Decision.objects.get()
    officer = signed_in(cast.officer)
    assert "办好了" in officer.get(here).content.decode()
    done = {"form": "done", "decision": decision.pk, "done-words": "量了", "done-file": photo("量.jpg")}
    assert officer.post(here, done).status_code == 303
    assert officer.post(here, {"form": "close", "decision": decision.pk}).status_code == 403
    assert manager.post(here, {"form": "close", "decision": decision.pk}).status_code == 303
    page = manager.get(here).content.decode()
    assert "销号了" in page and "说好装在东边" in page and "来了 8 人" in page and "没来" in page
    printed = manager.get(f"{here}print/").content.decode()
    assert "说好装在东边" in printed and "居民 8 人" in printed and "去量" in printed


@pytest.mark.usefixtures("toy")
def test_an_objection_is_written_down_and_answered(cast, signed_in) -> None:
    loan = borrow(cast)
    new = f"/deliberations/objections/new/?flow={loan.flow.name}&number={loan.case.number}"
    said = {"words": "晚上有风扇声", "channel": "phone", "due_on": clock.today().isoformat()}
    assert signed_in(cast.reception).post(new, said).status_code == 303
    here = f"/deliberations/objections/{Objection.objects.get().pk}/"
    assert "还没有答复" in signed_in(cast.reception).get(here).content.decode()
    manager = signed_in(cast.manager)
    assert manager.post(here, {"reply": ""}).status_code == 422
    assert manager.post(here, {"reply": "晚上十一点断电"}).status_code == 303
    assert "晚上十一点断电" in manager.get(here).content.decode()
    assert manager.post(here, {"reply": "再说"}).status_code == 409
    assert signed_in(cast.stranger).get(here).status_code == 404


@pytest.mark.usefixtures("toy")
def test_a_third_party_reads_about_what_it_was_given(cast, signed_in) -> None:
    loan = borrow(cast)
    workshop = make_workshop()
    vote = make_vote(cast, topic=topic_of(loan))
    client = signed_in(workshop.builder)
    assert client.get(f"/deliberations/votes/{vote.pk}/").status_code == 404
    commission(loan, organisation=workshop.organisation, by=cast.manager, at=MONDAY)
    assert client.get(f"/deliberations/votes/{vote.pk}/").status_code == 200
    other = make_member(Role.CONTRACTOR, organisation=Organisation.objects.create(name="别家", kind=Role.CONTRACTOR))
    assert signed_in(other).get(f"/deliberations/votes/{vote.pk}/").status_code == 404


def test_a_survey_on_its_page(cast, signed_in) -> None:
    manager, today = signed_in(cast.manager), clock.today().isoformat()
    said = {
        "title": "装在哪里",
        "questions": "装在哪里：东边、西边\n",
        "base_count": "8",
        "base_how": "在册住户",
        "opens_on": today,
        "closes_on": today,
    }
    assert manager.post("/deliberations/surveys/new/", said | {"questions": "装在哪里：东边"}).status_code == 422
    here = manager.post("/deliberations/surveys/new/", said)["Location"]
    officer = signed_in(cast.officer)
    answered = {"household": "3幢101", "channel": "door", "q1": "东边"}
    assert officer.post(here, answered | {"q1": "南边"}).status_code == 422
    assert officer.post(here, answered).status_code == 303
    again = officer.post(here, answered)
    assert again.status_code == 422 and "这一户已经答过了" in again.content.decode()
    page = manager.get(here).content.decode()
    assert "1 / 8 户答了" in page and "12.5%" in page and "100.0%" in page


@pytest.mark.usefixtures("toy")
def test_opinions_alike_on_their_page(cast, signed_in) -> None:
    loan, officer = borrow(cast), signed_in(cast.officer)
    here = f"/deliberations/opinions/?flow={loan.flow.name}&number={loan.case.number}"
    for words in ("太吵了", "夜里吵"):
        said = {"form": "say", "say-about": "噪声", "say-words": words, "say-channel": "door"}
        assert officer.post(here, said)["Location"] == here
    first, second = Opinion.objects.order_by("id")
    merged = {"form": "merge", "merge-opinion": second.pk, "merge-into": first.pk}
    assert officer.post(here, merged).status_code == 303
    assert officer.post(here, {"form": "merge", "merge-opinion": first.pk, "merge-into": first.pk}).status_code == 422
    answered = {"form": "answer", "answer-opinion": first.pk, "answer-reply": "十一点断电"}
    assert officer.post(here, answered).status_code == 403
    assert signed_in(cast.manager).post(here, answered).status_code == 303
    page = officer.get(here).content.decode()
    assert "还有 1 人这样说" in page and "十一点断电" in page and page.count("<blockquote") == 1
    assert "太吵了" not in officer.get("/deliberations/opinions/").content.decode()


def test_only_published_minutes_are_for_all(cast, client) -> None:
    meeting = held(cast)
    kept = write_minutes(meeting, words="里面的话", by=cast.manager, at=clock.now())
    shown = write_minutes(meeting, words="说好装在东边", by=cast.manager, at=clock.now(), publish=True)
    assert client.get(f"/minutes/{kept.pk}/", HTTP_HOST="localhost").status_code == 404
    page = client.get(f"/minutes/{shown.pk}/", HTTP_HOST="localhost").content.decode()
    assert "说好装在东边" in page and "居民 8 人" in page and "好家物业" not in page
