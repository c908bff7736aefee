"""The benchmark's words: Markdown tables for people, one JSON file for programs."""

import json
from datetime import datetime, timezone

BUDGET_COLUMNS = ["work", "Lintel", "nginx", "HAProxy", "Envoy", "ratio", "budget", "held"]


def markdown(columns, rows):
    """A Markdown table."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def budget_row(budget):
    """One line of the table of budgets; a dash is what was not measured."""
    def figure(name):
        value = budget.get(name)
        if value is None:
            return "–"
        return f"{value:,.1f} {budget['unit']}" if abs(value) < 1000 else f"{value:,.0f} {budget['unit']}"

    ratio = budget.get("ratio")
    held = budget.get("held")
    return [budget["work"], *(figure(name) for name in BUDGET_COLUMNS[1:5]), "–" if ratio is None else f"{ratio:.2f}",
            budget["budget"], "not measured" if held is None else "held" if held else "**missed**"]


def text(context):
    """The whole report."""
    parts = []
    if context.budgets:
        parts.append(markdown(BUDGET_COLUMNS, [budget_row(budget) for budget in context.budgets]))
    for title, columns, rows in context.tables:
        if rows:
            parts.append(f"{title}\n\n{markdown(columns, rows)}")
    return "\n\n".join(parts)


def write_results(context, path):
    """Writes everything that was measured as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({
        "measuredAt": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "budgets": context.budgets, "sections": context.results,
    }, indent=2, ensure_ascii=False) + "\n")
