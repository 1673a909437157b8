"""An account is tied to a file only when the phone is the person's own and they know what only they should."""

import datetime as dt

import pytest
from django.core.cache import caches
from django.test import Client

from community_portal import clock
from community_portal.people.actions import open_own_file
from community_portal.people.models import Contact, Resident, User
from community_portal.people.own_account.linking import likely_file, link_account
from community_portal.people.sign_in.codes import landing_for
from community_portal.refusals import NotAllowed, Refusal
from tests.factories import make_community, make_resident, make_resident_account, make_user

pytestmark = pytest.mark.django_db

PHONE = "+8613800002046"
BORN = "19530308"


@pytest.fixture(autouse=True)
def _fresh():
    caches["default"].clear()


def make_file(**over):
    return make_resident(**{"name": "张秀兰", "phone": PHONE, "born_on": dt.date(1953, 3, 8)} | over)


def make_account(**over):
    return make_user(**{"phone": PHONE, "phone_verified_at": clock.now()} | over)


def test_the_one_file_with_my_own_phone_is_likely_mine():
    resident, user = make_file(), make_account()
    assert likely_file(user) == resident
    assert landing_for(user) == "/account/link/"


def test_a_file_merged_at_this_moment_is_not_tied():
    resident, user = make_file(), make_account()
    Resident.objects.filter(pk=resident.pk).update(merged_into=make_file(name="张大爷"))
    with pytest.raises(NotAllowed):
        link_account(user, resident, proof=BORN, at=clock.now())


def test_two_forms_at_once_open_one_file():
    user = make_account()
    same = User.objects.get(pk=user.pk)
    mine = open_own_file(user, community=make_community(), name="张秀兰", at=clock.now())
    with pytest.raises(Refusal) as refused:
        open_own_file(same, community=mine.community, name="张秀兰", at=clock.now())
    assert refused.value.code == "has_file"
    assert Resident.objects.count() == 1


@pytest.mark.parametrize("spoil", ["shared", "of_a_daughter", "taken", "dead", "unverified", "has_file"])
def test_when_in_doubt_nothing_is_offered(spoil):
    resident, user = make_file(), make_account()
    if spoil == "shared":
        make_file(name="张大爷")
    elif spoil == "of_a_daughter":
        Contact.objects.filter(resident=resident).update(owner="张丽")
    elif spoil == "taken":
        make_resident_account(resident, phone="+8613900000009")
    elif spoil == "dead":
        resident.deceased_on = clock.today()
        resident.save()
    elif spoil == "unverified":
        user.phone_verified_at = None
    elif spoil == "has_file":
        user.resident = make_resident()
    assert likely_file(user) is None


@pytest.mark.parametrize(
    "proof",
    [
        BORN,
        "1953-03-08",
        "１９５３０３０８",
        "1953 03 08",
        "1953.3.8",
        "1953年3月8日",
        "1953 年 3 月 8 日",
        "046X",
        "046x",
    ],
)
def test_birth_date_or_last_four_however_typed(proof):
    resident, user = make_file(id_number="32062319530308046X"), make_account()
    link_account(user, resident, proof=proof, at=clock.now())
    user.refresh_from_db()
    assert (user.resident, user.name, user.community) == (resident, "张秀兰", resident.community)


@pytest.mark.parametrize("proof", ["", "0308", "19530309", "0000", "张秀兰"])
def test_a_wrong_answer_links_nothing(proof):
    resident, user = make_file(), make_account()
    with pytest.raises(NotAllowed):
        link_account(user, resident, proof=proof, at=clock.now())
    user.refresh_from_db()
    assert user.resident is None


def test_a_file_without_birth_date_and_number_cannot_be_proved():
    resident, user = make_file(born_on=None), make_account()
    with pytest.raises(NotAllowed):
        link_account(user, resident, proof="", at=clock.now())


def test_a_right_answer_with_another_phone_is_the_same_refusal():
    resident = make_file()
    stranger = make_account(phone="+8613911112222")
    with pytest.raises(NotAllowed) as with_phone:
        link_account(stranger, resident, proof=BORN, at=clock.now())
    with pytest.raises(NotAllowed) as with_proof:
        link_account(make_account(), resident, proof="1", at=clock.now())
    assert str(with_phone.value) == str(with_proof.value)


def test_two_accounts_never_share_a_file():
    resident, user = make_file(), make_account()
    make_resident_account(resident, phone="+8613900000009")
    with pytest.raises(NotAllowed):
        link_account(user, resident, proof=BORN, at=clock.now())


def test_the_page_shows_a_surname_only_and_links():
    make_file(community=make_community(name="龙田社区"))
    user = make_account()
    client = Client()
    client.force_login(user)
    page = client.get("/account/link/").content.decode()
    assert "龙田社区登记过一位“张＊”" in page
    assert "秀兰" not in page
    assert client.post("/account/link/", {"proof": "1"}).status_code == 422
    assert client.post("/account/link/", {"proof": BORN})["Location"] == "/account/"
    assert "张秀兰" in client.get("/account/").content.decode()
    assert client.get("/account/link/").status_code == 303


def test_five_answers_a_month_then_the_hall():
    user = make_account()
    make_file()
    client = Client()
    client.force_login(user)
    for _ in range(5):
        client.post("/account/link/", {"proof": "19000101"})
    answer = client.post("/account/link/", {"proof": BORN})
    assert answer.status_code == 422
    assert "试的次数太多了" in answer.content.decode()
    user.refresh_from_db()
    assert user.resident is None


def test_a_file_speaks_the_language_of_the_account_it_is_tied_to():
    resident, user = make_file(), make_account(language="en")
    link_account(user, resident, proof=BORN, at=clock.now())
    resident.refresh_from_db()
    assert resident.language == "en"
