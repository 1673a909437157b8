"""How a session finds its account. Sessions keep the path of this class: whoever moves it signs everybody out."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from community_portal import clock
from community_portal.composed import Composed, Later
from community_portal.people.models import MEMBERSHIPS_OF, User

_ACCOUNT = Composed(lambda: User.objects.filter(pk=Later("pk")))


class Accounts(AuthenticationBackend):
    """allauth's backend, with the account of a session read by a composed query, together with what it holds.

    Every request asks for both: staff get them at once, residents, who hold nothing, with a second question."""

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user.may_come_in)

    def get_user(self, user_id: Any) -> User | None:
        held = MEMBERSHIPS_OF(user=user_id, on=clock.today())
        found = [held[0].user] if held else _ACCOUNT(pk=user_id)
        for user in found:
            user.memberships_now = held
            return user if self.user_can_authenticate(user) else None
        return None
