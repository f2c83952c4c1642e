"""`python -m flowcc` is the command line."""

from flowcc.cli.main import main

main()
