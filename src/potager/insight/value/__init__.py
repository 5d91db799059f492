"""Customer value: how often each customer will buy again, for how much, and what that is worth today.

bgnbd, gamma_gamma and clv are pure; `fitting` brings them to the orders in the warehouse. docs/concepts/value.md says
what every number means.
"""
