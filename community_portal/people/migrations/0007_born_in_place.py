from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """An index by name and birth date was read for "begins with a surname" too: every one of that name in the city."""

    atomic = False  # an index made beside the work of the day cannot be made in a transaction
    dependencies = [
        ("people", "0006_consents_and_one_time_passwords"),
        ("places", "0003_calendar_day_may_be_ordinary"),
    ]
    operations = [
        AddIndexConcurrently(
            model_name="resident",
            index=models.Index(fields=["community", "born_on"], name="resident_born_in_place"),
        ),
        RemoveIndexConcurrently(model_name="resident", name="resident_name_born"),
    ]
