"""The synchronisation engine. It knows records, sites and cursors, and no medicine."""
