"""A case holds one matter of a kind; a further one has a case of its own, and each is shown with the other."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from community_portal import clock
from community_portal.casework.actions import open_part
from tests.cast import Cast
from tests.loans import borrow
from tests.toy_service.models import Aid

pytestmark = pytest.mark.usefixtures("toy")


def test_a_second_of_the_same_kind_is_refused_by_the_database(cast: Cast) -> None:
    loan = borrow(cast)
    with pytest.raises(IntegrityError, match="one_loan_per_case"), transaction.atomic():
        borrow(cast, case=loan.case)


def test_each_page_shows_the_other_and_strangers_see_neither(cast: Cast, signed_in: Any) -> None:
    loan = borrow(cast)
    part = open_part(loan.case, title="还要拐杖", words="出门用", source="desk", by=cast.reception, at=clock.now())
    grown = borrow(cast, aid=Aid.STICK, case=part)
    assert part.part_of == loan.case and part.phone_tail == loan.case.phone_tail
    first, second = loan.case.number, grown.case.number
    for client, page in (
        (signed_in(cast.officer), "/loans/{}/"),
        (signed_in(cast.elder_account), "/my/loans/{}/"),
    ):
        for here, there in ((first, second), (second, first)):
            shown = client.get(page.format(here)).content.decode()
            assert f'href="{page.format(there)}"' in shown and "连在一起的事" in shown
    alone = borrow(cast)
    assert "连在一起的事" not in signed_in(cast.officer).get(f"/loans/{alone.case.number}/").content.decode()
