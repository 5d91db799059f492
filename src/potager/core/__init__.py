"""Ground every room stands on: settings, clock, ids, money, errors, store, jobs, journal, crypto, paging."""
