"""How a session finds its account."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from community_portal.composed import Composed, Later
from community_portal.people.models import User

_ACCOUNT = Composed(lambda: User.objects.filter(pk=Later("pk")))


class Accounts(AuthenticationBackend):
    """allauth's backend, with the account of a session read by a composed query: every request asks for it."""

    def get_user(self, user_id: Any) -> User | None:
        for user in _ACCOUNT(pk=user_id):
            return user if self.user_can_authenticate(user) else None
        return None
