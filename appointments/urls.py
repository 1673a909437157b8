from django.urls import URLPattern, path

from appointments.views import book_link, desk, field, requests, resident

urlpatterns: list[URLPattern] = [
    path("", resident.home, name="home"),
    path("help/", resident.ask, name="ask"),
    path("my/", resident.my_matters, name="my_matters"),
    path("my/requests/<str:number>/", resident.my_request, name="my_request"),
    path("my/requests/<str:number>/words/", resident.add_my_words, name="add_my_words"),
    path("my/requests/<str:number>/rate/", resident.rate_my_request, name="rate_my_request"),
    path("my/requests/<str:number>/<str:step>/", resident.take_my_step, name="take_my_step"),
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
    path("b/<str:token>/", book_link.booking_link, name="booking_link"),
]
