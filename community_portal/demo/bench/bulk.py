"""A city's worth of invented residents, written by the server itself: names as frequent as in life, homes, phones.

For measuring only, in a database of its own: it switches the history triggers off while it writes.
"""

import itertools
import random
import time
from collections.abc import Callable

from django.db import connection
from pypinyin import Style, lazy_pinyin

from community_portal.people.register.search_keys import SURNAMES as SURNAME_READINGS

# The hundred commonest surnames with their share of the population in per mille, the rest falling slowly.
SURNAME_SHARES = (
    "王72 李72 张68 刘54 陈45 杨31 黄22 赵21 周20 吴20 徐17 孙15 马13 朱13 胡12 郭12 何12 林11 高10 罗10 郑9 梁8 谢7 宋7 唐7 "
    "许7 邓6 冯6 韩6 曹6 曾6 彭6 萧6 蔡5 潘5 田5 董5 袁5 于5 余5 叶5 蒋5 杜5 苏5 魏5 程5 吕4 丁4 沈4 任4 姚4 卢4 傅4 钟4 姜4 崔4 谭4 廖3 "
    "范3 汪3 陆3 金3 石3 戴3 贾3 韦3 夏3 邱3 方3 侯3 邹3 熊3 孟3 秦3 白3 江3 阎3 薛3 尹2 段2 雷2 黎2 史2 龙2 陶2 贺2 顾2 毛2 郝2 龚2 邵2 "
    "万2 钱2 严2 覃2 武2 莫2 孔2 向2 单1 解1 仇1 查1 缪1 瞿1 尉迟1 欧阳1"
)
GIVEN = (
    "英秀玉华明兰珍国芳建文平桂荣金红军丽志德春伟庆林凤海永云梅生强祥忠福根宝成东家新民杰光学小敏霞波辉晓勇龙琴淑美兴"
    "正凯佳雨思静婷浩宇轩子涵欣怡梓涛鹏飞磊斌刚超亮娟燕玲慧洁莉娜倩琪雪莲月娥翠惠素彩香菊贵安仁义礼信廷启昌盛茂松柏清源康"
)
CHUNK = 50_000
HOMES_PER_BUILDING = 48  # two units, six floors, four doors
Progress = Callable[[str], None]


def fill_city(*, residents: int, communities: int, progress: Progress = print) -> None:
    """Adds ``communities`` communities in streets of ten, and ``residents`` people with homes and phones in them."""
    started = time.monotonic()
    people_each = max(residents // communities, 1)
    homes_each = max(people_each * 10 // 25, 1)
    buildings_each = -(-homes_each // HOMES_PER_BUILDING)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        _name_tables(cursor)
        _set_history(cursor, on=False)
        try:
            cursor.execute(PLACES_SQL, {"communities": communities, "buildings": buildings_each})
            cursor.execute(HOMES_SQL, {"homes": homes_each, "doors": HOMES_PER_BUILDING})
            progress(
                f"{communities} communities, {communities * homes_each:,} homes  {time.monotonic() - started:.0f} s"
            )
            cursor.execute("SELECT coalesce(max(id), 0) FROM people_resident")
            first = cursor.fetchone()[0] + 1
            for begin in range(0, residents, CHUNK):
                end = min(begin + CHUNK, residents)
                given = {
                    "first": first,
                    "begin": begin,
                    "end": end - 1,
                    "communities": communities,
                    "homes": homes_each,
                }
                cursor.execute(RESIDENTS_SQL, given)
                cursor.execute(CONTACTS_SQL, given)
                progress(f"{end:>10,} of {residents:,} residents  {time.monotonic() - started:.0f} s")
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('people_resident', 'id'), max(id)) FROM people_resident"
            )
        finally:
            _set_history(cursor, on=True)
        for table in ("places_building", "people_household", "people_resident", "people_contact"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    progress(f"done in {time.monotonic() - started:.0f} s")


def _set_history(cursor, *, on: bool) -> None:  # type: ignore[no-untyped-def]
    for table in ("people_resident", "people_contact"):
        cursor.execute(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER USER")


def _name_tables(cursor) -> None:  # type: ignore[no-untyped-def]
    """Temporary tables to draw from by number: a surname takes as many rows as its share, so a plain number draws it."""
    surnames = []
    for entry in SURNAME_SHARES.split():
        name, share = entry.rstrip("0123456789"), int(entry.lstrip("".join(c for c in entry if not c.isdigit())))
        reading = SURNAME_READINGS.get(name) or " ".join(lazy_pinyin(name))
        surnames += [(name, reading.replace(" ", ""), "".join(s[0] for s in reading.split()))] * share
    singles = [(c, s, s[0]) for c, s in zip(GIVEN, lazy_pinyin(list(GIVEN), style=Style.NORMAL), strict=True)]
    doubles = [(a + b, p + q, i + j) for (a, p, i), (b, q, j) in itertools.product(singles, singles)]
    # About every ninth given name has one character.
    given = doubles + singles * (len(doubles) // len(singles) // 8)
    random.Random(1).shuffle(given)
    for table, rows in (("bench_surname", surnames), ("bench_given", given)):
        cursor.execute(
            f"DROP TABLE IF EXISTS {table}; CREATE TEMP TABLE {table} (i int PRIMARY KEY, word text, pinyin text, initials text)"
        )
        for start in range(0, len(rows), 2000):
            part = rows[start : start + 2000]
            values = ",".join(["(%s,%s,%s,%s)"] * len(part))
            flat = [x for k, row in enumerate(part, start) for x in (k, *row)]
            cursor.execute(f"INSERT INTO {table} VALUES {values}", flat)
        cursor.execute(f"ANALYZE {table}")


PLACES_SQL = """
CREATE TEMP TABLE IF NOT EXISTS bench_community (i int PRIMARY KEY, id bigint, street_id bigint);
TRUNCATE bench_community;
WITH streets AS (
    INSERT INTO places_street (code, name, name_en, district, phone)
    SELECT 'B' || lpad(s::text, 3, '0'), '测试' || s || '街道', '', '崇川区', ''
    FROM generate_series(1, (%(communities)s + 9) / 10) AS s
    ON CONFLICT (code) DO UPDATE SET name = excluded.name
    RETURNING id, code
), made AS (
    INSERT INTO places_community (code, name, name_en, phone, address, is_active, street_id)
    SELECT lpad(c::text, 4, '0'), '测试' || c || '社区', '', '0513-80000000', '', true, streets.id
    FROM generate_series(1, %(communities)s) AS c
    JOIN streets ON streets.code = 'B' || lpad(((c - 1) / 10 + 1)::text, 3, '0')
    ON CONFLICT (code) DO UPDATE SET name = excluded.name
    RETURNING id, code, street_id
)
INSERT INTO bench_community SELECT row_number() OVER (ORDER BY code) - 1, id, street_id FROM made;
INSERT INTO places_grid (community_id, number, note)
SELECT id, g, '' FROM bench_community, generate_series(1, 6) AS g ON CONFLICT DO NOTHING;
INSERT INTO places_estate (community_id, name, name_en) SELECT id, '测试花苑', '' FROM bench_community ON CONFLICT DO NOTHING;
INSERT INTO places_building (estate_id, grid_id, number, suffix, units, floors)
SELECT e.id, g.id, b, '', 2, 6
FROM bench_community c
JOIN places_estate e ON e.community_id = c.id
CROSS JOIN generate_series(1, %(buildings)s) AS b
JOIN places_grid g ON g.community_id = c.id AND g.number = b %% 6 + 1
ON CONFLICT DO NOTHING;
"""

HOMES_SQL = """
CREATE TEMP TABLE IF NOT EXISTS bench_home (community int, home int, id bigint, door text, PRIMARY KEY (community, home));
TRUNCATE bench_home;
INSERT INTO people_household (community_id, grid_id, building_id, unit, room, address)
SELECT c.id, b.grid_id, b.id, (h %% %(doors)s / 24 + 1)::text, ((h %% 24) / 4 + 1) || lpad((h %% 4 + 1)::text, 2, '0'), ''
FROM bench_community c
CROSS JOIN generate_series(0, %(homes)s - 1) AS h
JOIN places_estate e ON e.community_id = c.id
JOIN places_building b ON b.estate_id = e.id AND b.number = h / %(doors)s + 1
ON CONFLICT DO NOTHING;
INSERT INTO bench_home
SELECT c.i, row_number() OVER (PARTITION BY c.i ORDER BY home.id) - 1, home.id, b.number || b.suffix || '-' || home.room
FROM bench_community c
JOIN people_household home ON home.community_id = c.id
JOIN places_building b ON b.id = home.building_id;
ANALYZE bench_home;
"""

# Drawn by hash of the running number, so that the same call always makes the same city.
RESIDENTS_SQL = """
INSERT INTO people_resident (
    id, community_id, household_id, name, sex, born_on, born_in_lunar, id_type, id_number, id_hash, care_tags, note,
    language, deceased_on, moved_out_on, merged_into_id, registered_at, registered_by_id, version,
    grams, pinyin, initials, door
)
SELECT
    %(first)s + n, c.id, home.id, s.word || g.word, CASE WHEN n %% 2 = 0 THEN 'f' ELSE 'm' END,
    date '1930-01-01' + (abs(hashint4extended(n, 3)) %% 32000)::int, false, 'resident', NULL,
    encode(sha256(('bench ' || (%(first)s + n))::bytea), 'hex'),
    CASE WHEN abs(hashint4extended(n, 5)) %% 25 = 0 THEN ARRAY['lives_alone', 'aged_80']
         WHEN abs(hashint4extended(n, 6)) %% 40 = 0 THEN ARRAY['disabled']
         ELSE ARRAY[]::text[] END,
    '', 'zh-hans', NULL, NULL, NULL, now(), NULL, 1,
    ARRAY(
        SELECT substr(s.word || g.word, p, l)
        FROM generate_series(1, length(s.word || g.word)) AS p, generate_series(1, 2) AS l
        WHERE p + l - 1 <= length(s.word || g.word)
    ),
    s.pinyin || g.pinyin, s.initials || g.initials, coalesce(home.door, '')
FROM generate_series(%(begin)s, %(end)s) AS n
JOIN bench_community c ON c.i = n %% %(communities)s
JOIN bench_surname s ON s.i = abs(hashint4extended(n, 1)) %% (SELECT count(*) FROM bench_surname)
JOIN bench_given g
    -- A few given names are everywhere (about 0.3 %% for the first), most are rare: the power does that.
    ON g.i = floor((SELECT count(*) FROM bench_given) * power(abs(hashint4extended(n, 2)) %% 1000003 / 1000003.0, 1.7))
LEFT JOIN bench_home home
    ON home.community = c.i AND home.home = abs(hashint4extended(n, 4)) %% %(homes)s
"""

# Everybody has a phone of the household or of their own; every fifth has a second one.
CONTACTS_SQL = """
INSERT INTO people_contact (resident_id, community_id, phone, owner, relation, is_primary, wants_messages)
SELECT %(first)s + n, c.id,
       '+861' || (30 + abs(hashint4extended(n, 10 + k)) %% 70)::text
              || lpad((abs(hashint4extended(n, 20 + k)) %% 100000000)::text, 8, '0'),
       CASE WHEN k = 0 THEN '' ELSE '女儿' END, '', k = 0, true
FROM generate_series(%(begin)s, %(end)s) AS n
JOIN bench_community c ON c.i = n %% %(communities)s
CROSS JOIN LATERAL generate_series(0, CASE WHEN n %% 5 = 0 THEN 1 ELSE 0 END) AS k
ON CONFLICT DO NOTHING
"""
