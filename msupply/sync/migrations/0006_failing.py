from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0005_late_site"),
    ]

    operations = [
        migrations.AddField(
            model_name="sitestate",
            name="failing_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="sitestate",
            name="failed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="sitestate",
            name="failures",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="sitestate",
            name="failure",
            field=models.TextField(default=""),
        ),
    ]
