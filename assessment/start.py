"""Where the `assessment` command begins: first it can be ended, then it loads, which takes a while.

Nothing slow is imported here.
"""

from __future__ import annotations

import os
import signal


def main() -> None:
    """Run the command; `sys.exit` has its exit status."""
    end_when_told()
    from assessment.cli import main as run

    run()


def end_when_told() -> None:
    """Have TERM end the first process of a container at once, as it ends any other process.

    The kernel ends no first process by itself: without a handler the signal is lost, and whoever
    stops the container waits until it is killed. A server that has started has its own handler.
    """
    if os.getpid() == 1:
        signal.signal(signal.SIGTERM, lambda number, _: os._exit(128 + number))


if __name__ == "__main__":
    main()
