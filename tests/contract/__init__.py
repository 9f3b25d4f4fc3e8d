"""What every record type promises, whatever it is: on both databases, on both wires."""
