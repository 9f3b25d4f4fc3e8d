from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0003_central_up_to"),
    ]

    operations = [
        migrations.AddField(
            model_name="quarantined",
            name="reason_values",
            field=models.TextField(default="{}"),
        ),
    ]
