"""Running it: backups, metrics, logs, deployment files, faults."""
