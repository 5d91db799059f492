"""One file per way into a journey. The definition names it in one line (graph.AnyTrigger)."""
