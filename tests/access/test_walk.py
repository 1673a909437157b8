"""The walk: every address × every role × GET and POST × a thing of one's own place and of another."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from community_portal.web.access import Access
from tests.access.cells import ADMIN, ANONYMOUS, ROLES, Policy
from tests.access.policy import POLICY
from tests.access.world import KWARGS, QUERY, World

DOORS = ("/sign-in/", "/staff/sign-in/")
ADMITTED = {200, 201, 202, 204, 301, 302, 303, 400, 409, 422, 429}


def addresses() -> Iterator[tuple[str, URLPattern]]:
    """Every pattern outside the maintainers' lists with its name; DRF's ``.json`` twins count as one."""

    def walk(patterns: list, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                if pattern.app_name != "admin":
                    yield from walk(pattern.url_patterns, pattern.namespace or namespace)
            elif "format" not in pattern.pattern.converters and "format" not in str(pattern.pattern):
                yield pattern.name or f"(no name) {pattern.pattern}", pattern

    yield from walk(get_resolver().url_patterns)


NAMES = sorted({name for name, _pattern in addresses()})


def test_every_address_has_a_policy_and_every_policy_an_address():
    assert set(NAMES) - set(POLICY) == set(), "say in tests/access/policy.py who may open these"
    assert set(POLICY) - set(NAMES) == set(), "these addresses are gone"


def test_every_view_carries_one_mark_or_is_guarded_by_the_api():
    unmarked = [
        name
        for name, pattern in addresses()
        if not isinstance(getattr(pattern.callback, "access", None), Access) and not hasattr(pattern.callback, "cls")
    ]
    assert unmarked == []


def test_every_api_view_names_its_permissions():
    open_views = {
        name
        for name, pattern in addresses()
        if hasattr(pattern.callback, "cls") and not getattr(pattern.callback.cls, "permission_classes", None)
    }
    assert open_views == set()


def needs_kwargs(name: str) -> bool:
    return any(pattern.pattern.converters for found, pattern in addresses() if found == name)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_walk(name: str, lasting_world: World):
    world = lasting_world
    policy = POLICY.get(name)
    if policy is None:
        pytest.fail(f"{name}: no policy")
    assert not needs_kwargs(name) or name in KWARGS, f"{name}: say in tests/access/world.py which thing it shows"
    own = address_of(name, world.home)
    wrong = [*compare(world, own, policy.get, "GET", policy), *compare(world, own, policy.post, "POST", policy)]
    if policy.get_other is not None and policy.post_other is not None:
        other = address_of(name, world.next_door)
        wrong += compare(world, other, policy.get_other, "GET", policy)
        wrong += compare(world, other, policy.post_other, "POST", policy)
    assert not wrong, f"{name}\n" + "\n".join(wrong)


@pytest.mark.long
@pytest.mark.parametrize("role", [ANONYMOUS, ADMIN])
def test_pages_know_no_other_methods(role: str, lasting_world: World):
    """TRACE, PUT and the like reach no page: none of them could say what it does with them."""
    pages = {name for name, pattern in addresses() if not hasattr(pattern.callback, "cls")}
    nothing = Policy(get={}, post={})
    wrong = []
    for name in sorted(pages):
        answer = ask(lasting_world, role, address_of(name, lasting_world.home), "TRACE", nothing)
        if (answer.status_code, answer.get("Allow")) != (405, "GET, HEAD, POST"):
            wrong.append((name, answer.status_code))
    assert wrong == []


def address_of(name: str, place: Any) -> str:
    query = QUERY[name](place) if name in QUERY else None
    return reverse(name, kwargs=KWARGS[name](place) if name in KWARGS else None, query=query)


def compare(world: World, address: str, expected: dict[str, str], method: str, policy: Policy) -> Iterator[str]:
    for role in ROLES:
        response = ask(world, role, address, method, policy)
        if not fits(expected[role], response):
            yield f"  {method} {address} as {role}: {response.status_code} {response.get('Location', '')}, not {expected[role]}"


def ask(world: World, role: str, address: str, method: str, policy: Policy, **headers: str) -> Any:
    """One request; whatever it did is undone."""
    client = Client(raise_request_exception=False)
    if session := session_of(world, role):
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    with transaction.atomic():
        if method == "POST":
            response = client.post(address, policy.body or {}, headers=headers)
        else:
            response = client.generic(method, address)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    if session:
        caches[settings.SESSION_CACHE_ALIAS].delete(session.cache_key)
    return response


def session_of(world: World, role: str) -> Any:
    """Signed in once; None for nobody."""
    user = world.people[role]
    if user and role not in world.sessions:
        client = Client()
        client.force_login(user)
        world.sessions[role] = client.session
    return world.sessions.get(role)


def fits(cell: str, response: Any) -> bool:
    location = response.get("Location", "")
    to_a_door = response.status_code in (302, 303) and location.split("?")[0] in DOORS
    if cell == "in":
        return to_a_door or response.status_code == 401 and any(door in response.content.decode() for door in DOORS)
    if cell == "ok":
        return response.status_code in ADMITTED and not to_a_door
    return response.status_code == int(cell)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
def test_maintainers_lists_open_to_administrators_only(role: str, world: World):
    """/admin/ and every list in it; a superuser gets in, nobody else, whatever flag their account carries."""
    client = Client()
    if user := world.people[role]:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
        client.force_login(user)
    for address in admin_addresses():
        response = client.get(address, follow=True)
        assert response.redirect_chain, address
        assert "django-admin" not in response.content.decode()
        assert not response.request["PATH_INFO"].startswith("/admin/"), address


@pytest.mark.django_db
def test_maintainers_lists_render(world: World):
    client = Client()
    client.force_login(world.cast.admin)
    for address in admin_addresses():
        assert client.get(address).status_code == 200, address


def admin_addresses() -> list[str]:
    admin = next(p for p in get_resolver().url_patterns if isinstance(p, URLResolver) and p.app_name == "admin")
    names = [p.name for p in _flat(admin.url_patterns) if p.name and not p.pattern.converters]
    lists = [name for name in names if name == "index" or name.endswith("_changelist")]
    return [reverse(f"admin:{name}") for name in lists]


def _flat(patterns: list) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _flat(pattern.url_patterns)
        else:
            yield pattern
