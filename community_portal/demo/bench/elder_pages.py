"""The pages of eldercare over the test client: empty, with one page of rows, and full. The ratio says what the rows cost."""

from django.test import Client
from django.urls import reverse

from community_portal import clock
from community_portal.demo.bench.bulk import fill_city
from community_portal.demo.bench.elder_rows import fill_elders
from community_portal.demo.bench.pages import timed
from community_portal.demo.bench.report import Say, heading, times
from community_portal.people.models import Membership, Resident, Role, User
from community_portal.places.models import Street
from eldercare.models import Adaptation
from eldercare.workflow.states import State

ELDERS, ADAPTATIONS = 100_000, 20_000
A_PAGE = 30
TARGET = "≤ 1.5"


def run(say: Say, *, elders: int = ELDERS, adaptations: int = ADAPTATIONS, samples: int = 40) -> None:
    """All of them in one street, whose coordinator reads them all."""
    street = _street_of(say, people=elders)
    client = _coordinator(street)
    lists = {name: reverse(name) for name in ("elders", "adaptations", "eldercare")}
    empty = {} if Adaptation.objects.exists() else timed(client, lists, samples)
    fill_elders(say, street=street, elders=A_PAGE, adaptations=A_PAGE)
    pages = lists | _pages_of_one(street)
    few = timed(client, pages, samples)
    fill_elders(say, street=street, elders=elders, adaptations=adaptations)
    full = timed(client, pages, samples)
    heading(say, f"Pages with {elders:,} elders and {adaptations:,} adaptations ÷ the same page without")
    for name, took in empty.items():
        times(say, f"{name}: a page of rows ÷ empty", took, few[name], "")
        times(say, f"{name}: full ÷ empty", took, full[name], TARGET)
    for name, took in few.items():
        times(say, f"{name}: full ÷ {A_PAGE} rows", took, full[name], TARGET)


def _street_of(say: Say, *, people: int) -> Street:
    """The first street of the city, with so many who live there."""
    there = Resident.objects.filter(community__street=_first_street(), household__isnull=False).count()
    if people > there:
        fill_city(residents=people - there, communities=10, progress=say)
    street = _first_street()
    assert street, "a city has streets"
    return street


def _first_street() -> Street | None:
    return Street.objects.order_by("pk").first()


def _coordinator(street: Street) -> Client:
    user, _made = User.objects.get_or_create(username="bench-care", defaults={"name": "测试养老专员"})
    Membership.objects.get_or_create(
        user=user, role=Role.ELDERCARE, street=street, defaults={"starts_on": clock.today()}
    )
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def _pages_of_one(street: Street) -> dict[str, str]:
    """The oldest of each kind: it is there before and after."""
    found = {}
    for name, state in (("adaptation_plan", State.PLANNING), ("acceptance", State.ACCEPTING)):
        one = Adaptation.objects.filter(community__street=street, state=state).order_by("pk")[0]
        found[name] = reverse(name, args=[one.case.number])
    elder = Adaptation.objects.filter(community__street=street).order_by("pk")[0].resident
    return found | {"elder_file": reverse("elder_file", args=[elder.pk])}
