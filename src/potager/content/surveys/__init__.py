"""Questions to customers: 问卷."""
