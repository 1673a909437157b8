"""How a call of the API finds its account, or the organisation whose program it is."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, TokenAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from community_portal import clock
from community_portal.people.api_clients import find_client
from community_portal.people.models import ApiClient


class Tokens(TokenAuthentication):
    """DRF's keys, asked the same as every other way in."""

    def authenticate_credentials(self, key: str) -> Any:
        user, token = super().authenticate_credentials(key)
        if not user.may_come_in:
            raise AuthenticationFailed(_("这个账号不能登录。"))
        return user, token


class Clients(BaseAuthentication):
    """``Authorization: Client …``: a program of another organisation. It is nobody (``request.user`` is anonymous);
    ``request.auth`` is its ApiClient. A view for it names this class, ``may("…")`` and ``ClientPace``:

    authentication_classes = [Clients]
    permission_classes = [may("port_status")]
    throttle_classes = [ClientPace]
    """

    def authenticate(self, request: Request) -> tuple[Any, ApiClient] | None:
        kind, _blank, token = get_authorization_header(request).decode("ascii", "ignore").partition(" ")
        if kind != "Client":
            return None
        client = find_client(token.strip(), at=clock.now())
        if client is None:
            raise AuthenticationFailed(_("密钥不对，或者已经停用。"))
        return AnonymousUser(), client

    def authenticate_header(self, request: Request) -> str:
        return "Client"


class ClientScheme(OpenApiAuthenticationExtension):
    """As the schema tells it."""

    target_class = "community_portal.people.api_keys.Clients"
    name = "client"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Client …"}


def may(scope: str) -> type[BasePermission]:
    """The permission of a view that only keys with this scope may call."""

    class MayDoThis(BasePermission):
        def has_permission(self, request: Request, view: Any) -> bool:
            return isinstance(request.auth, ApiClient) and scope in request.auth.scopes

    return MayDoThis


class ClientPace(SimpleRateThrottle):
    """How often one key may call (``DEFAULT_THROTTLE_RATES["client"]``); a call may bring many rows."""

    scope = "client"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if not isinstance(request.auth, ApiClient):
            return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
        return self.cache_format % {"scope": self.scope, "ident": f"client:{request.auth.pk}"}
