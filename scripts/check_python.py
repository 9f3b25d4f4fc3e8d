"""Says plainly what is wrong with this Python before anything is installed into it."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - older Pythons do run this file
    found = ".".join(str(part) for part in sys.version_info[:3])
    sys.exit(
        f"msupply needs Python 3.11 or later; {sys.executable} is {found}. "
        "Try: make setup PYTHON=python3.11"
    )
try:
    import ensurepip  # noqa: F401 - Debian ships Python without it
    import venv  # noqa: F401
except ImportError:
    sys.exit("This Python cannot create virtual environments. On Debian: apt install python3-venv")
