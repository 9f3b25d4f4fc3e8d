"""Record types as tables in files: export, import with errors by row, and templates to fill in."""
