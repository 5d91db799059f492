"""The HTTP surface: URL map, sign-in, static console."""
