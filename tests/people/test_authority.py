"""By what authority: staff act by their role where they have one, whatever family they have there."""

import datetime as dt

from community_portal import clock
from community_portal.people.authority import authority_for
from community_portal.people.models import Delegation, DelegationScope, User
from tests.cast import Cast


def acts_for_the_elder(agent: User, cast: Cast) -> str:
    at = clock.now()
    Delegation.objects.create(
        principal=cast.elder, agent=agent, relation="女儿", scopes=[DelegationScope.BOOK], proof="当面",
        starts_on=clock.local(at).date() - dt.timedelta(days=1), created_by=cast.elder_account, created_at=at,
    )  # fmt: skip
    return authority_for(
        agent, resident=cast.elder, community_id=cast.home.pk, scope=DelegationScope.BOOK, at=at
    ).partition(":")[0]


def test_a_receptionist_books_for_her_mother_as_receptionist(cast: Cast) -> None:
    assert acts_for_the_elder(cast.reception, cast) == "role"


def test_who_works_elsewhere_books_for_her_mother_by_delegation(cast: Cast) -> None:
    assert acts_for_the_elder(cast.stranger, cast) == "delegation"
