"""`python -m sprechstunde` is the command line."""

from sprechstunde.command import main

main()
