"""Every address of the portal with those of this service: what ``community_portal/urls.py`` would be."""

from django.urls import include, path
from rest_framework.routers import DefaultRouter

from community_portal.urls import *  # noqa: F403 - also who answers 404
from community_portal.urls import urlpatterns as _of_the_house
from tests.toy_service.api import LoanViewSet

router = DefaultRouter()
router.register("loans", LoanViewSet, "loans_api")
urlpatterns = [
    path("", include("tests.toy_service.urls")),
    path("api/v1/", include(router.urls)),
    *_of_the_house,
]
