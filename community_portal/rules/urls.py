from django.urls import path

from community_portal.rules import views

urlpatterns = [
    path("settings/rules/", views.settings_rules, name="settings_rules"),
    path("settings/rules/change/<int:pk>/", views.change_rule, name="change_rule"),
    path("settings/rules/<slug:code>/", views.rule_set, name="rule_set"),
    path("settings/rules/<slug:code>/import/", views.import_rules, name="import_rules"),
]
