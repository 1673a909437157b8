"""How people come in: residents by phone and one-time code, staff by user name and password."""

from allauth.account.adapter import DefaultAccountAdapter

from community_portal import clock
from community_portal.people.models import User


class PortalAccountAdapter(DefaultAccountAdapter):
    """allauth's questions, answered from our accounts."""

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone = phone
        user.phone_verified_at = clock.now() if verified else None
        user.save(update_fields=["phone", "phone_verified_at"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: object) -> None:
        raise NotImplementedError

    def send_unknown_account_sms(self, phone: str, **kwargs: object) -> None:
        raise NotImplementedError
