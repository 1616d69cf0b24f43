"""`scribe`, also as `python -m scribe.local`."""

import signal


def main() -> None:
    """Run the command. Ctrl-C ends it without a stack trace also while its modules are still being read."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from scribe.local.cli import app  # noqa: PLC0415 - reading it is what takes its time

    app()


if __name__ == "__main__":
    main()
