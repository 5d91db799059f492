"""The semantic layer: measures and dimensions declared once, answered one way. See docs/concepts/metrics.md.

question = Question(("gmv", "aov"), ("month", "source"), Period(first, last), compare=True)
answer(question, clock.now(), catalogue.load())      # rows of levels, each with numerator and denominator
"""

from potager.insight.metrics.answer import Answer, Level, Row, answer
from potager.insight.metrics.periods import Period
from potager.insight.metrics.plan import Plan, Question, make_plan
from potager.insight.metrics.run import sums_of
from potager.insight.metrics.terms import Ratio, Words

__all__ = [
    "Answer",
    "Level",
    "Period",
    "Plan",
    "Question",
    "Ratio",
    "Row",
    "Words",
    "answer",
    "make_plan",
    "sums_of",
]
