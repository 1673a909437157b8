"""How a call of the API finds its account."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class Tokens(TokenAuthentication):
    """DRF's keys, asked the same as every other way in."""

    def authenticate_credentials(self, key: str) -> Any:
        user, token = super().authenticate_credentials(key)
        if not user.may_come_in:
            raise AuthenticationFailed(_("这个账号不能登录。"))
        return user, token
