"""The maintainers' lists at /admin/: administrators only, through the one door of staff, so the second factor counts here too."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode


class MaintainersSite(AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.is_active and user.is_superuser)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The admin's own form knows no second factor and no limits: it is never shown."""
        if request.user.is_authenticated:
            return redirect("home")
        wanted = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('staff_sign_in')}?{urlencode({'next': wanted})}")


class MaintenanceConfig(AdminConfig):
    default_site = "community_portal.maintenance.MaintainersSite"
