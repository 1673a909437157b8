from django.urls import path

from community_portal.outbox import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("demo/outbox/", views.demo_outbox, name="demo_outbox"),
    path("messages/", views.messages, name="messages"),
    path("messages/<int:pk>/", views.resolve_message, name="resolve_message"),
    path("settings/staff/<int:pk>/password/", views.issue_staff_password, name="issue_staff_password"),
    path("notices/", views.notices, name="notices"),
]
