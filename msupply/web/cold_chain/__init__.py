"""Cold chain screens: the asset catalogue, equipment, its status log and documents."""
