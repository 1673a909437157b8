from django.urls import path

from community_portal.front import desk, field, given, hand_over, kept, report_views, residents

urlpatterns = [
    path("", residents.home, name="home"),
    path("desk/", desk.workbench, name="workbench"),
    path("my/", residents.my_matters, name="my_matters"),
    path("field/", field.field, name="field"),
    path("kept/", kept.kept_forms, name="kept_forms"),
    path("settings/offline/", kept.settings_kept, name="settings_kept"),
    path("given/<slug:flow>/<str:number>/<slug:step>/", given.given_time, name="given_time"),
    path("report/", report_views.report, name="report"),
    path("report/received/", report_views.report_received, name="report_received"),
    path("report/<slug:kind>/", report_views.report, name="report_kind"),
    path("look-up/", residents.look_up, name="look_up"),
    path("settings/staff/<int:pk>/hand-over/", hand_over.hand_over, name="hand_over"),
]
