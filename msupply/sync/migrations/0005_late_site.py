from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0004_reason_values"),
    ]

    operations = [
        migrations.AddField(
            model_name="sitestate",
            name="takes_orders",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="storesettings",
            name="late_site",
            field=models.IntegerField(null=True),
        ),
    ]
