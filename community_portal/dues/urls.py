from django.urls import path

from community_portal.dues import views

urlpatterns = [
    path("dues/", views.dues, name="dues"),
    path("dues/month/", views.dues_month, name="dues_month"),
    path("dues/<int:pk>/", views.tick_due, name="tick_due"),
]
