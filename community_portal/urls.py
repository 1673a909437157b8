"""Every address of the portal. Rooms bring their own lists; names are flat, so a template says where it leads in one word."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from appointments.requests.api import HelpRequestViewSet
from charging.api import SiteViewSet, WireViewSet
from charging.api_ports import ChargeSitesView, FaultViewSet, PortStatusView
from community_portal.bookings.api import BookingViewSet, CommunityViewSet, SessionViewSet
from community_portal.deliberations.api import VoteViewSet
from community_portal.people.own_account import views as account_views
from community_portal.web import pages
from community_portal.web.style_guide import style_page
from eldercare.api import AdaptationViewSet
from eldercare.api_assessments import AssessmentViewSet
from safety.api import CorrectiveViewSet, DrillViewSet
from safety.api_campaigns import CampaignSessionViewSet
from safety.api_equipment import EquipmentViewSet, InspectionViewSet
from safety.api_hazards import HazardViewSet
from safety.api_retrofits import RetrofitViewSet

router = DefaultRouter()
router.register("communities", CommunityViewSet, "communities")
router.register("sessions", SessionViewSet, "sessions")
router.register("bookings", BookingViewSet, "bookings")
router.register("help-requests", HelpRequestViewSet, "help_requests_api")
router.register("adaptations", AdaptationViewSet, "adaptations_api")
router.register("sites", SiteViewSet, "sites_api")
router.register("wires", WireViewSet, "wires_api")
router.register("assessments", AssessmentViewSet, "assessments")
router.register("faults", FaultViewSet, "faults_api")
router.register("votes", VoteViewSet, "votes")
router.register("campaign-sessions", CampaignSessionViewSet, "campaign_sessions_api")
router.register("drills", DrillViewSet, "drills_api")
router.register("equipment", EquipmentViewSet, "equipment_api")
router.register("inspections", InspectionViewSet, "inspections_api")
router.register("retrofits", RetrofitViewSet, "retrofits_api")
router.register("hazards", HazardViewSet, "hazards_api")
router.register("corrective-actions", CorrectiveViewSet, "corrective_actions_api")

urlpatterns = [
    path("style/", style_page, name="style"),
    path("offline/", pages.offline_page, name="offline"),
    path("sw.js", pages.service_worker, name="service_worker"),
    path("elder-mode/", pages.set_elder_mode, name="set_elder_mode"),
    path("language/", account_views.choose_language, name="set_language"),
    # Before the others: most pages are theirs, and an address is compared line by line.
    path("", include("community_portal.front.urls")),
    path("", include("appointments.urls")),
    path("", include("eldercare.urls")),
    path("", include("charging.urls")),
    path("", include("safety.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api_docs"),
    path("api/v1/port-status/", PortStatusView.as_view(), name="port_status"),
    path("api/v1/charge-sites/", ChargeSitesView.as_view(), name="charge_sites_api"),
    path("api/v1/", include(router.urls)),
    path("admin/", admin.site.urls),
    path("", include("community_portal.places.urls")),
    path("", include("community_portal.people.sign_in.urls")),
    path("", include("community_portal.people.urls")),
    path("", include("community_portal.outbox.urls")),
    path("", include("community_portal.casework.urls")),
    path("", include("community_portal.bookings.urls")),
    path("", include("community_portal.rules.urls")),
    path("", include("community_portal.dossier.urls")),
    path("", include("community_portal.deliberations.urls")),
    path("", include("community_portal.dues.urls")),
    path("", include("community_portal.answers.urls")),
    path("", include("community_portal.dashboards.urls")),
    path("", include("community_portal.demo.urls")),
]

handler400 = "community_portal.web.pages.bad_request"
handler404 = "community_portal.web.pages.page_not_found"
handler403 = "community_portal.web.pages.forbidden"
handler500 = "community_portal.web.pages.server_error"
