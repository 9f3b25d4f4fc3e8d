from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0002_store_sync"),
    ]

    operations = [
        migrations.AddField(
            model_name="sitestate",
            name="central_up_to",
            field=models.BigIntegerField(default=0),
        ),
    ]
