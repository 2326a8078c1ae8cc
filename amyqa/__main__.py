"""``python -m amyqa``."""

from amyqa.cli import main

main()
