from django.contrib.auth.hashers import check_password, is_password_usable
from django.db import migrations, models

# As the demonstration has made them so far. A real portal may have a "manager" too: what tells them apart is the password
# that stands in the README, and names of residents that no other way makes.
PUBLISHED = "demo-2026-huiketing"
STAFF = (
    "reception", "grid", "manager", "eldercare", "charging", "safety", "street", "contractor", "agency", "admin", "assessor",
    "property", "operator", "dutydesk", "street-xh", "street-zh", "safety-ca", "safety-hq",
)
RESIDENTS = r"^r-1380000000[1-5]$"
COLLEAGUES = r"^(zx|xk|xh|zh|tz|xi|lt|xf|yx|fm|ca|hq)-(receptionist|manager|street|grid[0-9]+)$"


def mark(apps, schema_editor):
    users = apps.get_model("people", "User").objects
    staff = [user.pk for user in users.filter(username__in=STAFF) if check_password(PUBLISHED, user.password)]
    residents = list(users.filter(username__regex=RESIDENTS).values_list("pk", flat=True))
    if not staff and not residents:
        return
    # Who fills the demonstration's other posts; nobody could ever sign in with them.
    colleagues = [u.pk for u in users.filter(username__regex=COLLEAGUES) if not is_password_usable(u.password)]
    users.filter(pk__in=[*staff, *residents, *colleagues]).update(is_demo=True)


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0014_more_to_agree_to_and_to_hand_on'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='is_demo',
            field=models.BooleanField(default=False, editable=False, help_text='of a demonstration, whose password everybody knows', verbose_name='演示账号'),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
