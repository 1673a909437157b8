import django.contrib.postgres.fields
from django.db import migrations, models

CARRY_OVER = "UPDATE dashboards_delta SET measures = ARRAY[measure]"


class Migration(migrations.Migration):
    """A resolution and its rating are one delta instead of five: what measures share is written once."""

    dependencies = [("dashboards", "0003_coarse_rollups")]
    operations = [
        migrations.AddField(
            model_name="delta",
            name="measures",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), default=list, size=None
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(CARRY_OVER, ""),
        migrations.RemoveIndex(model_name="delta", name="delta_by_measure"),
        migrations.RemoveField(model_name="delta", name="measure"),
        migrations.AddIndex(
            model_name="delta", index=models.Index(fields=["community", "day"], name="delta_by_place")
        ),
    ]
