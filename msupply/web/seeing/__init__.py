"""Pages that show how a country's synchronisation is doing; on the mSupply central server."""
