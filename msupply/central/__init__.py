"""What only a central server does: sites, stores, users, taking over and integrating data."""
