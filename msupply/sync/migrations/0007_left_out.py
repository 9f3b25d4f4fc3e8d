from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0006_failing"),
    ]

    operations = [
        migrations.CreateModel(
            name="LeftOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("log", models.TextField()),
                ("cursor", models.BigIntegerField()),
                ("record_type", models.SmallIntegerField()),
                ("record_id", models.TextField()),
                ("reason", models.TextField()),
                ("reason_values", models.TextField()),
                ("noted_at", models.DateTimeField()),
            ],
            options={
                "db_table": "sync_left_out",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("log"), models.F("cursor"), name="sync_left_out_change"
                    )
                ],
            },
        ),
    ]
