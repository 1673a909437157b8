"""What was planned about a campaign is put right later; and whoever plans one reads why there is nothing to choose."""

import datetime as dt
from typing import Any

import pytest

from community_portal import clock
from community_portal.people.models import Organisation
from community_portal.refusals import Changed, NotAllowed, Refusal
from safety.actions.campaigns import cancel, change_campaign
from safety.models import Campaign
from tests.cast import Cast
from tests.safety.campaigning import make_campaign, make_safety, make_session_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
DAY = dt.timedelta(days=1)


def about(campaign: Campaign, **over: Any) -> dict[str, Any]:
    names = ("name", "topic", "starts_on", "ends_on", "audiences", "planned_sessions", "organiser")
    return {name: getattr(campaign, name) for name in names} | {"partners": list(campaign.partners.all())} | over


def typed(campaign: Campaign, **over: Any) -> dict[str, Any]:
    given = about(campaign) | {"partners": [one.pk for one in campaign.partners.all()], "organiser": ""} | over
    return {name: f"{value}" if isinstance(value, dt.date) else value for name, value in given.items()}


def test_name_days_and_partners_are_put_right(cast: Cast, signed_in: Any) -> None:
    campaign = make_campaign(cast)
    page = f"/safety/campaigns/{campaign.pk}/"
    street = signed_in(cast.street_officer)
    assert f"{page}change/" in street.get(page).content.decode()
    shown = street.get(f"{page}change/").content.decode()
    assert 'value="铁路安全进万家"' in shown and f'value="{campaign.ends_on}"' in shown
    school = Organisation.objects.create(name="花桥小学", kind="school")
    seen = {"seen": campaign.version}
    answer = street.post(f"{page}change/", typed(campaign, name="铁路安全进校园", partners=[school.pk]) | seen)
    assert answer.status_code == 303
    changed = Campaign.objects.get()
    assert (changed.name, list(changed.partners.all()), changed.version) == ("铁路安全进校园", [school], 2)
    assert (changed.created_by, changed.street) == (campaign.created_by, campaign.street)
    again = street.post(f"{page}change/", typed(campaign, name="旧的") | seen)
    assert again.status_code == 409 and "刚刚改过" in again.content.decode()


def test_its_sessions_stay_within_its_days(cast: Cast) -> None:
    safety, campaign = make_safety(cast), make_campaign(cast)
    session = make_session_of(cast, safety, campaign)
    day = clock.local(session.starts_at).date()

    def change(**over: Any) -> None:
        change_campaign(campaign, by=cast.street_officer, **about(campaign, **over))

    for over, field in (({"ends_on": day - DAY}, "ends_on"), ({"starts_on": day + DAY}, "starts_on")):
        with pytest.raises(Refusal, match=f"有 1 场.*{day}") as refused:
            change(**over)
        assert refused.value.field == field
    with pytest.raises(Refusal, match="结束要晚于开始"):
        change(starts_on=day, ends_on=day - DAY)
    change(ends_on=day)
    cancel(session, by=safety, at=clock.now(), words="天气不好")
    change(ends_on=day - DAY)
    make_campaign(cast, name="别的")
    with pytest.raises(Refusal, match="已经有了"):
        change(name="别的")


def test_only_the_street_changes_it_and_only_what_it_saw(cast: Cast, signed_in: Any) -> None:
    safety, campaign = make_safety(cast), make_campaign(cast)
    with pytest.raises(NotAllowed):
        change_campaign(campaign, by=safety, **about(campaign))
    with pytest.raises(Changed):
        change_campaign(campaign, by=cast.street_officer, seen=campaign.version - 1, **about(campaign))
    assert "/change/" not in signed_in(safety).get(f"/safety/campaigns/{campaign.pk}/").content.decode()


def test_days_in_the_wrong_order_are_said_beside_their_field_alone(cast: Cast, signed_in: Any) -> None:
    campaign = make_campaign(cast)
    wrong = typed(campaign, name="新的", starts_on=clock.today(), ends_on=clock.today() - DAY)
    page = signed_in(cast.street_officer).post("/safety/campaigns/new/", wrong)
    assert page.status_code == 422 and "结束要晚于开始" in page.content.decode()
    assert "campaign_ends_after" not in page.content.decode()
    none = signed_in(cast.street_officer).post("/safety/campaigns/new/", wrong | {"planned_sessions": 0})
    assert none.status_code == 422 and Campaign.objects.count() == 1


def test_who_finds_no_body_to_choose_reads_where_they_are_entered(cast: Cast, signed_in: Any) -> None:
    page = signed_in(cast.street_officer).get("/safety/campaigns/new/").content.decode()
    assert "还没有可选的" in page and "机关学校企业" in page
    Organisation.objects.create(name="花桥小学", kind="school")
    page = signed_in(cast.street_officer).get("/safety/campaigns/new/").content.decode()
    assert "还没有可选的" not in page and "登记了，这里就能选" not in page
