"""What a declaration cannot say of the V5 wire: functions over a whole batch, one file a subject."""
