"""Benchmarks: real processes and real HTTP, always beside a named baseline in the same run."""
