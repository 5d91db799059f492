"""Industry packs: tags, layers, audiences, SOPs as YAML. Data, and the few lines that load it."""
