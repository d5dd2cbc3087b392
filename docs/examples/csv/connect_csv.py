"""Answers of the command line as CSV, for a spreadsheet."""

import csv
import io

from connectapi import hookimpl


def as_csv(answer):
    rows = answer if isinstance(answer, list) else [answer]
    columns = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().rstrip("\n")


@hookimpl
def register_formats(register):
    register("csv", as_csv)  # connectapi users list --format csv
