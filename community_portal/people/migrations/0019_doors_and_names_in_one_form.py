"""0503 and 503 are one door; José is found by jose: what was written before is brought into the form that is read now."""

from django.db import migrations

from community_portal.people.register.search_keys import name_pinyin

# Who lives behind a door that stands there in both spellings moves behind the one; then the other spelling goes.
TWINS = """
UPDATE people_resident r SET household_id = twin.id FROM people_household h JOIN people_household twin
    ON twin.building_id = h.building_id AND twin.unit = h.unit AND twin.room = substr(h.room, 2)
WHERE r.household_id = h.id AND h.room ~ '^0[0-9]{3}([^0-9]|$)'
"""
ROOMS = """
UPDATE people_household h SET room = substr(room, 2)
WHERE building_id IS NOT NULL AND room ~ '^0[0-9]{3}([^0-9]|$)' AND NOT EXISTS (
    SELECT FROM people_household o WHERE o.building_id = h.building_id AND o.unit = h.unit AND o.room = substr(h.room, 2))
"""
DOORS = r"UPDATE people_resident SET door = regexp_replace(door, '-0([0-9]{3})$', '-\1') WHERE door ~ '-0[0-9]{3}$'"
NOT_PLAIN = "[À-ɏＡ-Ｚａ-ｚ卜]"


def name_keys(apps, _editor):
    residents = apps.get_model("people", "Resident").objects
    for pk, name in residents.filter(name__regex=NOT_PLAIN).values_list("pk", "name"):
        syllables = name_pinyin(name)
        keys = {"pinyin": "".join(syllables)[:120], "initials": "".join(s[0] for s in syllables)[:50]}
        residents.filter(pk=pk).update(**keys)


class Migration(migrations.Migration):
    dependencies = [("people", "0018_a_look_counts_once_a_day")]

    operations = [
        migrations.RunSQL([TWINS, ROOMS, DOORS], migrations.RunSQL.noop),
        migrations.RunPython(name_keys, migrations.RunPython.noop),
    ]
