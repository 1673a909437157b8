from django.contrib.postgres.operations import BtreeGinExtension, BtreeGistExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Exclusion constraints over (resource, range) need btree_gist, search inside one community btree_gin."""

    initial = True
    operations = [BtreeGistExtension(), BtreeGinExtension()]
