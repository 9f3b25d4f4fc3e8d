"""How passwords are hashed: those of users, and the wire hashes of sites."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PasswordHasher(Argon2PasswordHasher):
    """Argon2id as OWASP recommends it for servers with little memory.

    Django's own 100 MiB a hash, times the log-ins of one moment, is more than such a server has.
    """

    time_cost, memory_cost, parallelism = 2, 19 * 1024, 1
