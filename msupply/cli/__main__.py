"""`python -m msupply.cli` is the command `msupply`."""

from msupply.cli.main import main

if __name__ == "__main__":
    main()
