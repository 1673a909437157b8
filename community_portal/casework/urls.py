from django.urls import path

from community_portal.casework import views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/<int:pk>/take/", views.take_pool_task, name="take_task"),
    path("files/<int:pk>/", views.attachment, name="attachment"),
    path("filters/", views.save_filter, name="save_filter"),
]
