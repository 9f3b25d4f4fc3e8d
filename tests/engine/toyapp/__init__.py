"""A program of five record types, on which the engine is tested without any medicine."""
