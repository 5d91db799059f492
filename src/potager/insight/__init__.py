"""What we know about customers: conditions, tags, layers, audiences."""
