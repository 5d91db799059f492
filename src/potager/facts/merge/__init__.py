"""How rows enter the warehouse: one set of statements for the journal, bulk loads and rebuilds alike.

Every function takes a relation (SQL) in the shape its docstring names, inside the caller's transaction, and leaves
each fact once: events by key, orders, items, refunds, products and costs by key with the highest version winning.
`seq` and `pos` order rows that claim the same key and version: the first stays.
"""
