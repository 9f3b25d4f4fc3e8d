"""Open mSupply: central servers and remote sites in one program."""

__version__ = "0.1.0"
