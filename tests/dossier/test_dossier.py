"""一户一档 and 简报 of a help request: what its words say is quoted with consent alone."""

from typing import Any

import pytest
from django.test import Client

from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.people.models import Purpose
from community_portal.people.own_account.consents import WORDINGS, give_consent
from tests.cast import Cast
from tests.factories import make_category


@pytest.mark.django_db
def test_help_requests_have_a_file_and_a_brief_too(cast: Cast, signed_in: Any) -> None:
    request = register_request(
        community=cast.home,
        category=make_category(),
        words="灯坏了",
        resident=cast.elder,
        by=cast.reception,
        at=clock.now(),
    )
    desk: Client = signed_in(cast.reception)
    url = f"/dossier/help_request/{request.case.number}/"
    assert "陈平" in desk.get(url).content.decode()
    brief = desk.get(f"{url}brief/").content.decode()
    assert "灯坏了" not in brief and "陈某" in brief
    quote = {"purpose": Purpose.QUOTE, "version": WORDINGS[Purpose.QUOTE].version, "channel": "desk"}
    give_consent(cast.elder, **quote, by=cast.reception, at=clock.now())
    assert "灯坏了" in desk.get(f"{url}brief/").content.decode()
    assert desk.get(f"{url}brief/?as=word").status_code == 200
    assert desk.get(f"{url}?as=word").status_code == 200
