"""`python -m service` is `assetloop`."""

from service.cli import main

main()
