"""Screens with which administrators set up a country: stores, sites, visibility, moves, merges."""
