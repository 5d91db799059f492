"""The one way out: intents, contact policy, outbox, channels, staff tasks."""
