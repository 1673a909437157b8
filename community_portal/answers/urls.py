from django.urls import path

from community_portal.answers.views import answer_link

urlpatterns = [path("a/<str:token>/", answer_link, name="answer_link")]
