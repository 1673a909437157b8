"""Help requests and visitors of activities in bulk, written by the server itself with the triggers that real ones have."""

import time

from django.db import connection

from community_portal.demo.bench.report import Say

CHUNK = 100_000

_CATEGORY = """
INSERT INTO appointments_category (code, name, name_en, icon, assign_hours, visit_days, decide_days, handle_days, apply_days,
    street_days, call_back_days, promise_days, papers, papers_en, readers, position, is_active)
VALUES ('bench', '测试', '', 'chat-heart', 2, 1, 1, 5, 10, 10, 2, 15, '{}', '{}', '{}', 1, true) ON CONFLICT (code) DO NOTHING
"""
# One request with its case for each number of ``numbers``; ``closed`` says of a case c which are long done.
NEW_REQUESTS = """
WITH c AS (
    INSERT INTO casework_case (number, community_id, grid_id, resident_id, title, words, source, address, phone_tail,
        opened_at, event_count, journal_hash)
    SELECT 'B-26-' || n, r.community_id, NULL, r.id, '楼道灯坏了 ' || n, '楼道灯坏了，晚上看不见台阶。', 'desk',
        '测试花苑 ' || r.door, '0000', now() - abs(hashint4extended(n::int, 1)) % 1000 * interval '1 day', 0, ''
    FROM ({numbers}) AS numbers(n) JOIN people_resident r ON r.id = {first} + n % {people}
    RETURNING id, community_id, opened_at
)
INSERT INTO appointments_helprequest (case_id, community_id, category_id, state, state_since, version, due_at, due_why,
    promised_at, resume_state, opened_at, closed_at, urgency, routed_by, not_home_count, extension_count,
    extension_asked_days, reopened_count, is_errand, outcome, answer, resolved_at, satisfaction)
SELECT c.id, c.community_id, (SELECT id FROM appointments_category WHERE code = 'bench'),
    CASE WHEN {closed} THEN 'closed' ELSE 'handling' END, c.opened_at, 1, c.opened_at + interval '3 days', '{{}}',
    c.opened_at + interval '20 days', '', c.opened_at, CASE WHEN {closed} THEN c.opened_at + interval '5 days' END,
    'normal', 'building', 0, 0, 0, 0, false, CASE WHEN {closed} THEN 'solved' ELSE '' END, '',
    CASE WHEN {closed} THEN c.opened_at + interval '4 days' END, CASE WHEN {closed} THEN 3 + c.id % 3 END
FROM c
"""


def fill_requests(say: Say, *, count: int) -> None:
    """Adds ``count`` requests over the last thousand days; prints how far it is."""
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        cursor.execute(_CATEGORY)
        cursor.execute("SELECT min(id), count(*) FROM people_resident")
        first, people = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM casework_case")
        have = cursor.fetchone()[0]
        for begin in range(have, have + count, CHUNK):
            end = min(begin + CHUNK, have + count) - 1
            numbers = f"SELECT generate_series({begin}, {end})"
            cursor.execute(NEW_REQUESTS.format(numbers=numbers, first=first, people=people, closed="c.id % 50 > 0"))
            say(f"  {end + 1 - have:>10,} of {count:,} requests  {time.monotonic() - started:.0f} s")
        cursor.execute("ANALYZE casework_case, appointments_helprequest")


# An activity a day in each community for a hundred days, and its visitors, each from among the residents of the place.
_ACTIVITIES = """
INSERT INTO bookings_session (community_id, kind, title, title_en, channel, starts_at, ends_at, capacity, taken, state, note,
    to_move, version)
SELECT c.id, 'activity', '测试活动', '', 'centre', day + interval '2 hours', day + interval '3 hours', 1000, 0, 'open', '', false, 1
FROM places_community c, generate_series(current_date - 100, current_date - 1, interval '1 day') AS day
WHERE NOT EXISTS (SELECT 1 FROM bookings_session WHERE title = '测试活动' AND community_id = c.id)
"""
_VISITORS = """
INSERT INTO bookings_booking (session_id, community_id, resident_id, party_size, state, starts_at, ends_at, hold_hash, link_hash,
    source, note, authority, created_at, cancel_reason, version)
SELECT s.id, s.community_id, r.id, 1, 'served', s.starts_at, s.ends_at, '', '', 'desk', '', '', s.starts_at, '', 1
FROM bookings_session s CROSS JOIN LATERAL (
    SELECT id FROM people_resident WHERE community_id = s.community_id OFFSET s.id %% 97 LIMIT %(each)s
) AS r
WHERE s.title = '测试活动' AND NOT EXISTS (SELECT 1 FROM bookings_booking b WHERE b.session_id = s.id)
"""


def fill_activities(say: Say, *, visitors: int) -> None:
    """Adds a hundred days of activities in every community with so many visitors to each."""
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        cursor.execute(_ACTIVITIES)
        cursor.execute(_VISITORS, {"each": visitors})
        say(f"  {cursor.rowcount:>10,} visitors of activities  {time.monotonic() - started:.0f} s")
        cursor.execute("ANALYZE bookings_session, bookings_booking")
