"""How sure a rule is, computed in SQL over the four counts of its 2 × 2 table.

A row has baskets N, n_left = a, n_right = b and n = both.

Fisher's exact test, one-sided (R. A. Fisher 1935, The Design of Experiments, §21): with a and b fixed and no
connection, `both` follows the hypergeometric distribution, and p = P(both ≥ n). Terms are summed from n outwards
until what is left cannot change the sum: beyond the mode they fall faster than a geometric series of their first
ratio, and 9 standard deviations + 25 away the tail is below e^-36 of it (Bernstein's inequality).

False discovery rate (Y. Benjamini, Y. Hochberg 1995, J. R. Stat. Soc. B 57:289-300): with the m rules tested sorted
by p, q of the i-th is the least p·m/j over j ≥ i.
"""

from typing import Final

_LOG_TERM: Final = "fixed - lgamma(k + 1) - lgamma(a - k + 1) - lgamma(b - k + 1) - lgamma(m - a - b + k + 1)"


def _tail(first: str, last: str) -> str:
    term = f"lambda k: exp({_LOG_TERM})"
    return f"coalesce(list_sum(list_transform(range({first}, {last} + 1), {term})), 0)"


def significance_sql(rules: str) -> str:
    """The rows of a table with p and q. Every row is one test: rules are tested before any is left out."""
    upper = _tail("n", "least(a, b, n + reach)")
    lower = _tail("greatest(0, a + b - m, n - 1 - wide)", "n - 1")
    return f"""WITH counted AS (
        SELECT *, CAST(baskets AS BIGINT) AS m, CAST(n_left AS BIGINT) AS a, CAST(n_right AS BIGINT) AS b FROM {rules}
    ), spread AS (
        SELECT *, CAST(ceil(9 * sqrt(1.0 * a * b * (m - a) * (m - b) / greatest(1, m - 1)) / m + 25) AS BIGINT) AS wide,
            lgamma(a + 1) + lgamma(b + 1) + lgamma(m - a + 1) + lgamma(m - b + 1) - lgamma(m + 1) AS fixed,
            ((1.0 * a - n) * (b - n)) / ((n + 1.0) * (m - a - b + n + 1)) AS ratio
        FROM counted
    ), reached AS (
        SELECT *, CASE WHEN ratio <= 0 THEN 0 WHEN ratio >= 1 THEN wide
            ELSE least(wide, CAST(ceil(40 / -ln(ratio)) AS BIGINT)) END AS reach
        FROM spread
    ), tested AS (
        SELECT *, least(1, CASE WHEN n * (m + 2.0) >= (a + 1.0) * (b + 1) THEN {upper} ELSE 1 - {lower} END) AS p
        FROM reached
    )
    SELECT * EXCLUDE (m, a, b, wide, fixed, ratio, reach, place, tests),
        min(least(1, p * tests / place)) OVER (ORDER BY place DESC ROWS UNBOUNDED PRECEDING) AS q
    FROM (SELECT *, count(*) OVER () AS tests, row_number() OVER (ORDER BY p, n DESC) AS place FROM tested)"""
