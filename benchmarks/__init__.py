"""Every performance figure in the README comes from here."""
