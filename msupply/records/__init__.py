"""The medicine: every record type, one declaration each. Nothing here writes."""
