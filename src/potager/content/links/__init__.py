"""Tracked content 雷达: links that know who opened them, when, and for how long they were read."""
