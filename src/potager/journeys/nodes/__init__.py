"""One file per kind of step. A kind is a node with its fields, what it does, and what can be wrong with it; the step of
a definition names it in one line (graph.Step), and nothing else knows which kinds there are."""
