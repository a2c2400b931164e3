"""The `bot` command: one module a verb, each with `register(subparsers)` and `run(arguments)`."""
