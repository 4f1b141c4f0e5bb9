"""From a result to its reader."""

from __future__ import annotations

import pytest

from harness.cli.options import Output
from harness.cli.reporting import OF_VERDICT, emit, emit_report
from harness.finding import Report, Verdict
from harness.report import Format
from tests.report.samples import CLEAN, FINDINGS

STDOUT = Output(Format.TEXT, None, "auto")


def test_every_verdict_has_its_status():
    assert {verdict: int(OF_VERDICT[verdict]) for verdict in Verdict} == {
        Verdict.CLEAN: 0,
        Verdict.BENIGN: 0,
        Verdict.DRIFT: 1,
        Verdict.INVALID: 1,
        Verdict.INCONCLUSIVE: 3,
    }


@pytest.mark.parametrize(("report", "status"), [(CLEAN, 0), (FINDINGS, 1)], ids=["clean", "findings"])
def test_the_report_is_printed_and_its_status_returned(capsys, report, status):
    assert emit_report(report, command="validate", output=STDOUT) == status
    assert report.verdict in capsys.readouterr().out


def test_a_file_gets_the_text_and_stderr_its_name(capsys, tmp_path):
    emit("Привет \ud83d\n", Output(Format.TEXT, tmp_path / "x", "auto"))
    assert capsys.readouterr() == ("", f"Written to {tmp_path / 'x'}\n")
    assert (tmp_path / "x").read_bytes().startswith("Привет ".encode())


def test_colour_stays_out_of_files_and_machine_forms(capsys, tmp_path):
    emit_report(FINDINGS, command="validate", output=Output(Format.TEXT, tmp_path / "x", "always"))
    assert "\x1b" not in (tmp_path / "x").read_text()
    emit_report(FINDINGS, command="validate", output=Output(Format.JSON, None, "always"))
    assert "\x1b" not in capsys.readouterr().out


def test_findings_may_be_told_to_count_for_nothing():
    assert (
        emit_report(Report(Verdict.INVALID), command="x", output=Output(Format.TEXT, None, "auto", True)) == 0
    )
