from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from appointments.views import (
    activities,
    activity_desk,
    book,
    book_link,
    calendar_feeds,
    closures,
    desk,
    field,
    hand_over,
    plan_settings,
    requests,
    resident,
    visit,
    visits,
)


class HouseCode(StringConverter):
    """LT: the code of a community, far shorter than any token."""

    regex = "[A-Za-z0-9]{1,4}"


register_converter(HouseCode, "house")

urlpatterns: list[URLPattern] = [
    path("", resident.home, name="home"),
    path("help/", resident.ask, name="ask"),
    path("my/", resident.my_matters, name="my_matters"),
    path("my/requests/<str:number>/", resident.my_request, name="my_request"),
    path("my/requests/<str:number>/words/", resident.add_my_words, name="add_my_words"),
    path("my/requests/<str:number>/rate/", resident.rate_my_request, name="rate_my_request"),
    path("my/requests/<str:number>/<str:step>/", resident.take_my_step, name="take_my_step"),
    path("activities/", activities.activities, name="activities"),
    path("look-up/", resident.look_up, name="look_up"),
    path("desk/", desk.workbench, name="workbench"),
    path("desk/intake/", desk.intake, name="intake"),
    path("desk/intake/people/", desk.intake_people, name="intake_people"),
    path("desk/intake/route/", desk.intake_route, name="intake_route"),
    path("field/", field.field, name="field"),
    path("requests/", requests.help_requests, name="help_requests"),
    path("requests/<str:number>/", requests.help_request, name="help_request"),
    path("requests/<str:number>/slip/", desk.slip, name="help_slip"),
    path("requests/<str:number>/note/", requests.add_note, name="add_help_note"),
    path("requests/<str:number>/papers/<int:pk>/", requests.change_paper, name="change_paper"),
    path("requests/<str:number>/<str:step>/", requests.take_help_step, name="take_help_step"),
    path("residents/<int:pk>/cases/", requests.resident_cases, name="resident_cases"),
    path("book/", book.book, name="book"),
    path("book/hold/<int:pk>/", book.hold, name="hold_session"),
    path("book/confirm/<int:pk>/", book.book_confirm, name="book_confirm"),
    path("book/<slug:code>/", book.book_slots, name="book_slots"),
    path("my/bookings/<int:pk>/", book.booking, name="booking"),
    path("my/bookings/<int:pk>/visit.ics", book_link.my_booking_calendar, name="my_booking_calendar"),
    path("my/bookings/<int:pk>/change/", book.change_booking, name="change_booking"),
    path("desk/visits/", visits.visits_today, name="visits_today"),
    path("desk/visits/<int:pk>/", visit.visit, name="visit"),
    path("desk/visits/<int:pk>/change/", visit.change_visit, name="change_visit"),
    path("desk/visits/<int:pk>/<str:mark>/", visits.mark_visit, name="mark_visit"),
    path("desk/activities/", activity_desk.activity_list, name="activity_list"),
    path("desk/activities/new/", activity_desk.open_activity, name="open_activity"),
    path("desk/activities/<int:pk>/", activity_desk.activity, name="activity"),
    path("desk/activities/<int:pk>/change/", activity_desk.change_activity, name="change_activity"),
    path("desk/activities/<int:pk>/call-off/", activity_desk.call_off_activity, name="call_off_activity"),
    path("desk/book/", visits.book_for, name="book_for"),
    path("residents/<int:pk>/bookings/", visits.resident_bookings, name="resident_bookings"),
    path("settings/staff/<int:pk>/hand-over/", hand_over.hand_over, name="hand_over"),
    path("settings/openings/", plan_settings.settings_openings, name="settings_openings"),
    path("settings/openings/new/", plan_settings.edit_opening, name="add_opening"),
    path("settings/openings/<int:pk>/", plan_settings.edit_opening, name="edit_opening"),
    path("settings/closures/", closures.settings_closures, name="settings_closures"),
    path("settings/bookings/call-off/", closures.call_off, name="call_off_bookings"),
    path("settings/services/", plan_settings.settings_services, name="settings_services"),
    path("settings/services/new/", plan_settings.edit_service, name="add_service"),
    path("settings/services/<int:pk>/", plan_settings.edit_service, name="edit_service"),
    path("settings/categories/", plan_settings.settings_categories, name="settings_categories"),
    path("settings/categories/new/", plan_settings.edit_category, name="add_category"),
    path("settings/categories/<int:pk>/", plan_settings.edit_category, name="edit_category"),
    path("b/<str:token>/visit.ics", book_link.booking_calendar, name="booking_calendar"),
    path("b/<str:token>/", book_link.booking_link, name="booking_link"),
    path("calendar/<house:code>.ics", calendar_feeds.community_calendar, name="community_calendar"),
    path("calendar/<str:token>.ics", calendar_feeds.my_calendar, name="my_calendar"),
]
