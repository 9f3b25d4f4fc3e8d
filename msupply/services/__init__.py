"""What a user may do: check, change, one transaction; one file per subject."""
