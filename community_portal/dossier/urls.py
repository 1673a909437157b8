from django.urls import path

from community_portal.dossier import settings, views

urlpatterns = [
    path("settings/dossier/", settings.settings_dossier, name="settings_dossier"),
    path("dossier/<slug:flow>/<str:number>/", views.dossier, name="dossier"),
    path("dossier/<slug:flow>/<str:number>/brief/", views.brief, name="brief"),
    path("dossier/<slug:flow>/<str:number>/brief/<int:pk>/", views.covered_photo, name="covered_photo"),
]
