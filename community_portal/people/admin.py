"""Maintainers' lists of people. The register is worked on its own pages, which check, journal and mask; here it is only read."""

from importlib import import_module
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authtoken.models import TokenProxy

from community_portal.people.models import (
    AccountLog,
    Delegation,
    FileMerge,
    Membership,
    Organisation,
    OrganisationContact,
    Resident,
    User,
    ViewLog,
)

# The lists that two packages put up show keys: of the API in full, of second factors in the clear. With those one acts as
# somebody else, so they are taken down.
for package in ("rest_framework.authtoken.admin", "allauth.mfa.admin"):
    import_module(package)
admin.site.unregister([TokenProxy, Authenticator])


class ReadOnly(admin.ModelAdmin):
    """Looking is allowed, changing goes through the actions."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    raw_id_fields = ["street", "community", "grid", "organisation"]


@admin.register(User)
class AccountAdmin(UserAdmin):
    list_display = ["username", "name", "phone", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser", "is_demo", "memberships__role"]
    search_fields = ["username", "name", "phone"]
    ordering = ["username"]
    filter_horizontal = []
    raw_id_fields = ["resident", "community"]
    inlines = [MembershipInline]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("本人"), {"fields": ["name", "phone", "work_phone", "resident", "community", "language"]}),
        (_("权限"), {"fields": ["is_active", "is_staff", "is_superuser", "is_demo"]}),
    ]
    readonly_fields = ["is_demo"]

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """A resident's account gets no password from others, administrators included."""
        user = self.get_object(request, id)
        if user is not None and user.pk != request.user.pk and user.is_personal:
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    add_fieldsets = [(None, {"fields": ["username", "name", "usable_password", "password1", "password2"]})]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ["user", "role", "street", "community", "grid", "organisation", "starts_on", "ends_on"]
    list_filter = ["role"]
    list_select_related = ["user", "street", "community", "grid", "organisation"]
    raw_id_fields = ["user", "street", "community", "grid", "organisation"]
    search_fields = ["user__username", "user__name"]


class ContactInline(admin.TabularInline):
    model = OrganisationContact
    extra = 0


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    inlines = [ContactInline]
    list_display = ["name", "kind", "phone"]
    list_filter = ["kind"]
    filter_horizontal = ["streets"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What an organisation is stays what its members are."""
        return ["kind"] if obj else []


@admin.register(Resident)
class ResidentAdmin(ReadOnly):
    list_display = ["name", "community", "born_on", "deceased_on", "moved_out_on"]
    list_select_related = ["community"]
    fields = ["name", "community", "sex", "born_on", "registered_at", "merged_into", "version"]
    show_full_result_count = False


@admin.register(Delegation)
class DelegationAdmin(ReadOnly):
    list_display = ["principal", "agent", "relation", "scopes", "starts_on", "ends_on", "revoked_at"]
    list_select_related = ["principal", "agent"]


@admin.register(FileMerge)
class FileMergeAdmin(ReadOnly):
    list_display = ["kept", "merged", "by", "at", "how_known", "undone_at"]
    list_select_related = ["kept", "merged", "by"]


@admin.register(ViewLog)
class ViewLogAdmin(ReadOnly):
    list_display = ["at", "viewer", "resident", "what", "reason"]
    list_select_related = ["viewer", "resident"]
    list_filter = ["what"]


@admin.register(AccountLog)
class AccountLogAdmin(ReadOnly):
    list_display = ["at", "account", "what", "by"]
    list_select_related = ["account", "by"]
    list_filter = ["what"]


@admin.register(Authenticator)
class SecondFactorAdmin(ReadOnly):
    """To be taken away from somebody who lost it; its secret is shown to nobody."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_select_related = ["user"]
    list_filter = ["type"]
    fields = ["user", "type", "created_at", "last_used_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True
