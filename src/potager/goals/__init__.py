"""Where the company wants to be, where it is, and what it takes: goals, attainment, the overview."""
