from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """One index for a tail in the city and in one place; it holds what is asked for, so the contacts' rows stay unread."""

    atomic = False  # an index made beside the work of the day cannot be made in a transaction
    dependencies = [("people", "0010_door_with_its_words")]

    operations = [
        AddIndexConcurrently(
            model_name="contact",
            index=models.Index(fields=["tail", "community"], include=["resident"], name="contact_tail_of_whom"),
        ),
        RemoveIndexConcurrently(model_name="contact", name="contact_tail"),
        RemoveIndexConcurrently(model_name="contact", name="contact_tail_in_place"),
    ]
