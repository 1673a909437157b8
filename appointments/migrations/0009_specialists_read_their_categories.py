from django.db import migrations

# By what a category is about, as its code or name says. Whatever fits none is read by those who carry requests to their end.
WORDS = {
    "eldercare": ("care", "elder", "照护", "护理", "养老", "适老", "助老"),
    "charging": ("charg", "bike", "充电", "电动", "飞线"),
    "safety": ("safe", "fire", "hazard", "消防", "安全", "隐患"),
}


def name_readers(apps, schema_editor):
    for category in apps.get_model("appointments", "Category").objects.filter(readers=[]):
        told = f"{category.code} {category.name}".lower()
        category.readers = [role for role, words in WORDS.items() if any(word in told for word in words)]
        category.save(update_fields=["readers"])


class Migration(migrations.Migration):

    dependencies = [
        ("appointments", "0008_categories_say_who_else_reads"),
    ]

    operations = [migrations.RunPython(name_readers, migrations.RunPython.noop)]
