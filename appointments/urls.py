from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import StringConverter

from appointments.activities import check_in, people
from appointments.activities import desk as activity_desk
from appointments.activities import sign_up as activities
from appointments.hall import closures, plan_settings
from appointments.hall import views as hall
from appointments.requests import desk
from appointments.requests import resident_views as resident
from appointments.requests import views as requests
from appointments.visits import book, book_link, calendar_feeds
from appointments.visits import desk as visits
from appointments.visits import one_visit as visit


class HouseCode(StringConverter):
    """LT: the code of a community, far shorter than any token."""

    regex = "[A-Za-z0-9]{1,4}"


register_converter(HouseCode, "house")

_DESK = [
    path("intake/", desk.intake, name="intake"),
    path("intake/people/", desk.intake_people, name="intake_people"),
    path("intake/route/", desk.intake_route, name="intake_route"),
    path("visits/", visits.visits_today, name="visits_today"),
    path("visits/<int:pk>/", visit.visit, name="visit"),
    path("visits/<int:pk>/change/", visit.change_visit, name="change_visit"),
    path("visits/<int:pk>/<str:mark>/", visits.mark_visit, name="mark_visit"),
    path("activities/", activity_desk.activity_list, name="activity_list"),
    path("activities/new/", activity_desk.open_activity, name="open_activity"),
    path("activities/<int:pk>/", activity_desk.activity, name="activity"),
    path("activities/<int:pk>/change/", activity_desk.change_activity, name="change_activity"),
    path("activities/<int:pk>/call-off/", activity_desk.call_off_activity, name="call_off_activity"),
    path("activities/<int:pk>/people/<slug:deed>/", people.note_people, name="note_people"),
    path("check-in/", check_in.check_in_desk, name="check_in_desk"),
    path("book/", visits.book_for, name="book_for"),
]
_MY = [
    path("requests/<str:number>/", resident.my_request, name="my_request"),
    path("requests/<str:number>/words/", resident.add_my_words, name="add_my_words"),
    path("requests/<str:number>/rate/", resident.rate_my_request, name="rate_my_request"),
    path("requests/<str:number>/<str:step>/", resident.take_my_step, name="take_my_step"),
    path("bookings/<int:pk>/", book.booking, name="booking"),
    path("bookings/<int:pk>/visit.ics", book_link.my_booking_calendar, name="my_booking_calendar"),
    path("bookings/<int:pk>/change/", book.change_booking, name="change_booking"),
]
_REQUESTS = [
    path("", requests.help_requests, name="help_requests"),
    path("<str:number>/", requests.help_request, name="help_request"),
    path("<str:number>/slip/", requests.slip, name="help_slip"),
    path("<str:number>/note/", requests.add_note, name="add_help_note"),
    path("<str:number>/papers/<int:pk>/", requests.change_paper, name="change_paper"),
    path("<str:number>/<str:step>/", requests.take_help_step, name="take_help_step"),
]
_BOOK = [
    path("", book.book, name="book"),
    path("hold/<int:pk>/", book.hold, name="hold_session"),
    path("confirm/<int:pk>/", book.book_confirm, name="book_confirm"),
    path("<slug:code>/", book.book_slots, name="book_slots"),
]
_SETTINGS = [
    path("openings/", plan_settings.settings_openings, name="settings_openings"),
    path("openings/new/", plan_settings.edit_opening, name="add_opening"),
    path("openings/<int:pk>/", plan_settings.edit_opening, name="edit_opening"),
    path("closures/", closures.settings_closures, name="settings_closures"),
    path("hall/", hall.settings_hall, name="settings_hall"),
    path("rooms/new/", hall.edit_room, name="add_room"),
    path("rooms/<int:pk>/", hall.edit_room, name="edit_room"),
    path("bookings/call-off/", closures.call_off, name="call_off_bookings"),
    path("services/", plan_settings.settings_services, name="settings_services"),
    path("services/new/", plan_settings.edit_service, name="add_service"),
    path("services/<int:pk>/", plan_settings.edit_service, name="edit_service"),
    path("categories/", plan_settings.settings_categories, name="settings_categories"),
    path("categories/new/", plan_settings.edit_category, name="add_category"),
    path("categories/<int:pk>/", plan_settings.edit_category, name="edit_category"),
]
# In groups, the busiest first: an address is compared with every line before its own.
urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", include(_DESK)),
    path("my/", include(_MY)),
    path("requests/", include(_REQUESTS)),
    path("book/", include(_BOOK)),
    path("settings/", include(_SETTINGS)),
    path("help/", resident.ask, name="ask"),
    path("activities/", activities.activities, name="activities"),
    path("activities/<int:pk>/wait/", activities.wait_for_activity, name="wait_for_activity"),
    path("residents/<int:pk>/cases/", requests.resident_cases, name="resident_cases"),
    path("residents/<int:pk>/bookings/", visits.resident_bookings, name="resident_bookings"),
    path("b/<str:token>/visit.ics", book_link.booking_calendar, name="booking_calendar"),
    path("b/<str:token>/", book_link.booking_link, name="booking_link"),
    path("calendar/<house:code>.ics", calendar_feeds.community_calendar, name="community_calendar"),
    path("calendar/<str:token>.ics", calendar_feeds.my_calendar, name="my_calendar"),
]
