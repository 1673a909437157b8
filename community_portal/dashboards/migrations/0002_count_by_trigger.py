from django.db import migrations

from community_portal.dashboards import triggers


def install(apps, schema_editor):
    # The declared measures are the truth; a later change of them runs `manage.py install_figures`.
    triggers.install()


class Migration(migrations.Migration):
    """Every change of a counted row writes a delta in its own transaction."""

    dependencies = [
        ("dashboards", "0001_first_rows"),
        ("appointments", "0001_first_rows"),
        ("bookings", "0001_first_rows"),
    ]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
