"""Maintainers' lists of places. Daily work is done on the settings pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from community_portal import clock
from community_portal.places import actions
from community_portal.places.models import (
    Building,
    CalendarDay,
    CalendarYear,
    Closure,
    Community,
    Estate,
    Grid,
    OpeningHours,
    Room,
    Street,
)


@admin.register(Street)
class StreetAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "name_en", "district", "phone"]


@admin.register(Community)
class CommunityAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "name_en", "street", "phone", "opened_on", "is_active"]
    list_filter = ["street", "is_active"]
    list_select_related = ["street"]
    search_fields = ["code", "name"]

    def save_model(self, request: HttpRequest, community: Community, form: Any, change: bool) -> None:
        """Ticking a house off or on is a deed: what lies ahead of it is called off, or planned again."""
        is_active = community.is_active
        turned = change and "is_active" in form.changed_data
        community.is_active = not is_active if turned else is_active
        super().save_model(request, community, form, change)
        if turned:
            (actions.reopen_house if is_active else actions.close_house)(community, by=request.user, at=clock.now())


@admin.register(Grid)
class GridAdmin(admin.ModelAdmin):
    list_display = ["community", "number", "note"]
    list_select_related = ["community"]
    list_filter = ["community__street"]


@admin.register(Estate)
class EstateAdmin(admin.ModelAdmin):
    list_display = ["name", "name_en", "community"]
    list_select_related = ["community"]
    search_fields = ["name"]


@admin.register(Building)
class BuildingAdmin(admin.ModelAdmin):
    list_display = ["estate", "number", "suffix", "grid", "units", "floors"]
    list_select_related = ["estate", "grid"]
    search_fields = ["estate__name"]
    raw_id_fields = ["estate", "grid"]


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):
    list_display = ["name", "community", "capacity"]
    list_select_related = ["community"]


@admin.register(OpeningHours)
class OpeningHoursAdmin(admin.ModelAdmin):
    list_display = ["community", "weekday", "opens_at", "closes_at"]
    list_select_related = ["community"]


@admin.register(Closure)
class ClosureAdmin(admin.ModelAdmin):
    list_display = ["community", "first_on", "last_on", "reason"]
    list_select_related = ["community"]


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):
    list_display = ["date", "kind", "name", "works_as", "is_edited"]
    list_filter = ["kind", "is_edited"]
    date_hierarchy = "date"


@admin.register(CalendarYear)
class CalendarYearAdmin(admin.ModelAdmin):
    list_display = ["year", "is_announced", "imported_at"]
