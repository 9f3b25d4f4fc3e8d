"""Files that somebody has sent to be imported and has not decided about yet; they never travel.

They wait in the database, so that any process of any host can go on with them.
"""

from django.db import models

from msupply.sync.declare import new_id


class Upload(models.Model):
    """One file, compressed."""

    id = models.TextField(primary_key=True, default=new_id)
    user_id = models.TextField()
    name = models.TextField()
    content = models.BinaryField()
    created_datetime = models.DateTimeField()
    # What the import would do, as it was planned once: JSON for the page that shows it.
    preview = models.BinaryField(null=True)
    # Nothing is imported twice, however often it is asked for.
    imported = models.BooleanField(default=False)

    class Meta:
        db_table = "upload"
