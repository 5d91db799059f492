"""Journeys: SOPs that run themselves. A versioned graph of steps, and the passage of people through it."""
