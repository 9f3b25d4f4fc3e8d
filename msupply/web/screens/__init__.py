"""Screens derived from the declarations: list, detail, edit, delete and export of each type."""
