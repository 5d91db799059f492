"""The answers to a survey as a table: a row an answer, a column a question."""

import csv
import io

from potager.content.surveys import answers
from potager.content.surveys.models import Survey
from potager.content.surveys.queries import responses, spec_of
from potager.content.surveys.specs import SurveyQuestion
from potager.core import clock
from potager.core.journal import from_us
from potager.org import audit
from potager.org.access import Actor, require_write


def table(actor: Actor, row: Survey) -> str:
    """CSV that spreadsheets open; personal answers as their hints. Who exported is in the trail."""
    require_write(actor)
    columns: dict[str, SurveyQuestion] = {}
    specs = {version.pk: spec_of(version) for version in row.versions.order_by("n")}
    for spec in specs.values():
        columns |= {question.key: question for question in spec.questions}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["客户编号", "时间", "版本", *(each.label for each in columns.values())])
    written = 0
    for given in responses(row.pk).iterator():
        asked = {question.key: question for question in specs[given.version_id].questions}
        cells = [_cell(asked[key], given.answers[key]) if key in given.answers else "" for key in columns]
        at = from_us(given.at_us).astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M:%S")
        writer.writerow([given.cid or "", at, given.version.n, *cells])
        written += 1
    audit.record(actor, "survey.export", f"survey:{row.key}", {"answers": written})
    return "\ufeff" + out.getvalue()


def _cell(question: SurveyQuestion, answer: object) -> str:
    if isinstance(answer, dict):
        return str(answer["hint"]) or "***"
    text = answers.said(question, answer)
    # A spreadsheet would run what begins like a formula.
    return f"'{text}" if question.kind == "text" and text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
