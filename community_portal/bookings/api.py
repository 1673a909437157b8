"""Communities and sessions for everyone to read; bookings for staff of the house and for residents themselves."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.bookings.models import Booking, Session, SessionKind, SessionState
from community_portal.people.actions import find_or_register, open_own_file
from community_portal.people.models import HOUSE_STAFF, DelegationScope, Resident
from community_portal.people.once import idempotent
from community_portal.people.phones import read_phone
from community_portal.people.register.queries import people_of
from community_portal.people.wording import read_name
from community_portal.places.models import Community
from community_portal.refusals import NotAllowed


class CommunitySerializer(serializers.ModelSerializer):
    street = serializers.CharField(source="street.code")

    class Meta:
        model = Community
        fields = ["code", "name", "name_en", "street", "phone", "address"]


class CommunityViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Communities with their living rooms."""

    permission_classes = [AllowAny]
    serializer_class = CommunitySerializer
    queryset = Community.objects.filter(is_active=True).select_related("street").order_by("code")


class SessionSerializer(serializers.ModelSerializer):
    available = serializers.IntegerField(read_only=True)
    community = serializers.CharField(source="community.code", read_only=True)
    service = serializers.CharField(source="service.code", default=None, read_only=True)

    class Meta:
        model = Session
        fields = ["id", "kind", "title", "community", "service", "starts_at", "ends_at", "capacity", "available"]


class SessionFilter(filters.FilterSet):
    """``community`` by code, ``kind``, and the days from ``date_from`` to ``date_to`` (both included, in Shanghai)."""

    community = filters.CharFilter(field_name="community__code")
    kind = filters.ChoiceFilter(choices=SessionKind.choices)
    date_from = filters.DateFilter(method="from_day")
    date_to = filters.DateFilter(method="to_day")

    class Meta:
        model = Session
        fields = ["community", "kind", "date_from", "date_to"]

    def from_day(self, rows: QuerySet[Session], name: str, day: dt.date) -> QuerySet[Session]:
        return rows.filter(starts_at__gte=clock.at_wall(day, dt.time.min))

    def to_day(self, rows: QuerySet[Session], name: str, day: dt.date) -> QuerySet[Session]:
        return rows.filter(starts_at__lte=clock.at_wall(day, dt.time.max))


class SessionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Sessions with their free places, soonest first; without ``date_from`` only those that have not begun."""

    permission_classes = [AllowAny]
    serializer_class = SessionSerializer
    filterset_class = SessionFilter
    queryset = (
        Session.objects.filter(state=SessionState.OPEN)
        .offered()
        .select_related("community", "service")
        .order_by("starts_at", "id")
    )

    def get_queryset(self) -> QuerySet[Session]:
        rows = super().get_queryset().filter(to_move=False)
        if self.action == "list" and "date_from" not in self.request.query_params:
            rows = rows.filter(starts_at__gt=clock.now())
        return rows


class NewBookingSerializer(serializers.Serializer):
    session = serializers.IntegerField(min_value=1)
    name = serializers.CharField(max_length=60)
    phone = serializers.CharField(max_length=30)
    party_size = serializers.IntegerField(default=1)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class BookingSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="resident.name")

    class Meta:
        model = Booking
        fields = ["id", "session", "name", "party_size", "state", "starts_at", "ends_at"]


class BookingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Bookings within one's scope; a new one is 201, or 409 ``session_full`` / ``already_booked``, or 422."""

    permission_classes = [IsAuthenticated]
    serializer_class = BookingSerializer
    queryset = Booking.objects.none()

    def get_queryset(self) -> Any:
        rows = Booking.objects.visible_to(self.request.user).filter(resident__isnull=False)
        return rows.select_related("resident").order_by("-id")

    @extend_schema(
        request=NewBookingSerializer,
        responses={
            201: BookingSerializer,
            409: OpenApiResponse(description="session_full, already_booked"),
            422: OpenApiResponse(description="closed, past, party_size …"),
        },
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Books places for the resident of this name and phone; staff for anybody of their house, a resident for their own."""
        given = NewBookingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data, at = given.validated_data, clock.now()
        session = Session.objects.offered().select_related("service", "community").filter(pk=data["session"]).first()
        user: Any = request.user
        is_staff = user.is_superuser or bool(
            user.community_ids
        )  # who works for a third party books as the resident they are
        if session is None or (is_staff and not _works_at(user, session.community_id)):
            raise Http404
        if is_staff:
            if not user.has_role_at(session.community_id, *HOUSE_STAFF):
                raise NotAllowed(_("替居民预约由社区来办。"))
            resident = find_or_register(
                community=session.community, name=data["name"], phone=data["phone"], by=user, at=at
            )
        else:
            resident = _own_person(user, session.community, name=data["name"], phone=data["phone"], at=at)
        booked = book(
            session=session,
            resident=resident,
            party_size=data["party_size"],
            note=data["note"],
            source="api",
            by=user,
            at=at,
        )
        return Response(BookingSerializer(booked).data, status=201)


def _works_at(user: Any, community_id: int) -> bool:
    return bool(user.is_superuser or community_id in user.community_ids)


def _own_person(user: Any, community: Community, *, name: str, phone: str, at: dt.datetime) -> Resident:
    """Themselves or one of their principals by name; their own new file when they have none and give their own phone."""
    wanted, number = read_name(name), read_phone(phone)
    people = people_of(user, scope=DelegationScope.BOOK, on=clock.local(at).date())
    for person in people:
        if person.name == wanted and person.contacts.filter(phone=number).exists():
            return person
    if not people and number == user.phone:
        return open_own_file(user, community=community, name=wanted, at=at)
    raise NotAllowed(_("只能为自己或委托过您的家人预约。"))
