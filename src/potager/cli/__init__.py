"""The `potager` command: one file per command group."""
