"""The twin: a simulated skincare brand whose people answer touches with effects that are known."""
