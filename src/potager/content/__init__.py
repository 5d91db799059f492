"""What the house says: scripts 话术 with personas, questions with approved answers, and the words it must not use."""
