"""`python -m loader`."""

import sys

try:
    from operations.cli import main

    main(prog_name="python -m loader")
except KeyboardInterrupt:  # during the imports; later, click says that it was aborted
    sys.exit(130)
