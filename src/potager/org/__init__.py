"""Who works here: departments, stores, staff, accounts, roles, data scope, audit."""
