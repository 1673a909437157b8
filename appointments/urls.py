from django.urls import URLPattern, path

from appointments.views import book_link

urlpatterns: list[URLPattern] = [
    path("b/<str:token>/", book_link.booking_link, name="booking_link"),
]
