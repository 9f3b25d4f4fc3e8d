"""A whole country in one process: central server and sites with simulated network, clock and disk.

Everything that happens follows from one number, the seed: which records people edit, when sites
synchronise, which messages are lost, repeated or late, and at which commit a machine dies. Once all
is quiet, every site must hold exactly what its rules say (see docs/decisions/0014-simulation.md).
"""
