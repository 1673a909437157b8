from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Figures take off the activities that lie ahead. Built beside the writing: sessions are many, activities among them few."""

    atomic = False

    dependencies = [("bookings", "0007_agreed_is_no_visit")]

    operations = [
        AddIndexConcurrently(
            "session",
            models.Index(
                fields=["ends_at"],
                name="activity_by_its_end",
                condition=models.Q(("kind", "activity"), ("state", "open")),
            ),
        ),
    ]
