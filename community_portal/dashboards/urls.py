from django.urls import path

from community_portal.dashboards import views
from community_portal.dashboards.api import FiguresView

urlpatterns = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("dashboard/rows/<str:measure>/", views.dashboard_rows, name="dashboard_rows"),
    path("api/v1/figures/", FiguresView.as_view(), name="figures"),
]
