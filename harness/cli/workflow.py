"""A workflow for GitHub Actions: the recorded questions are asked again once a week. One text, for `harness init`.

Its scripts are run by a test, with a `gh` that only listens. What it promises: a run that could not look ends neither
green nor red; one issue is kept up to date and closed again; a key stays in the secret that holds it.
"""

from __future__ import annotations

from pathlib import Path

WORKFLOW_FILE = Path(".github/workflows/drift.yml")
MARKER = "<!-- harness:drift -->"
"""The first line of the form `issue`, by which the next run finds the one issue."""

WORKFLOW = f"""\
# Asks the recorded questions again once a week, and says what moved. Written by `harness init --workflow`.
#
# In the settings of the repository, under "Secrets and variables", "Actions":
#   variable HARNESS_BASE_URL   where to ask; the upstream's own address by default
#   secret HARNESS_HEADER       headers that are sent and never kept, a line each, as in  authorization: Bearer ...
name: drift

on:
  schedule:
    - cron: "17 5 * * 1"  # Mondays, away from the full hour, when everybody asks
  workflow_dispatch:

permissions:
  actions: write  # to end a run grey that could not look
  contents: read
  issues: write

concurrency:
  group: drift

env:
  BASELINE: cassettes  # the recordings that everything is compared with

jobs:
  drift:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
      - uses: actions/checkout@v5
        with:
          persist-credentials: false
      - uses: actions/setup-python@v6
        with:
          python-version: "3.12"
      - name: Install
        run: python -m pip install stream-harness

      - name: Ask again
        id: ask
        env:
          HARNESS_BASE_URL: ${{{{ vars.HARNESS_BASE_URL }}}}
          HARNESS_HEADER: ${{{{ secrets.HARNESS_HEADER }}}}
        run: |
          status=0
          harness drift "$BASELINE" --live --out answers \\
            --format github --also issue=drift.md --also html=drift.html || status=$?
          echo "status=$status" >> "$GITHUB_OUTPUT"
          [ ! -f drift.md ] || cat drift.md >> "$GITHUB_STEP_SUMMARY"

      - uses: actions/upload-artifact@v5
        if: always()
        with:
          name: drift
          path: |
            answers/
            drift.md
            drift.html
          if-no-files-found: ignore

      - name: One issue, kept up to date
        if: steps.ask.outputs.status == '0' || steps.ask.outputs.status == '1'
        env:
          GH_TOKEN: ${{{{ github.token }}}}
          GH_REPO: ${{{{ github.repository }}}}
          RUN: ${{{{ github.server_url }}}}/${{{{ github.repository }}}}/actions/runs/${{{{ github.run_id }}}}
          STATUS: ${{{{ steps.ask.outputs.status }}}}
        run: |
          [ -n "$GH_TOKEN" ] || exit 0
          number=$(gh issue list --app github-actions --state open --limit 500 --json number,body \\
            --jq 'map(select(.body | startswith("{MARKER}"))) | .[0].number // empty')
          {{ cat drift.md; echo; echo "Last run: $RUN"; }} > issue.md
          if [ "$STATUS" = 1 ] && [ -n "$number" ]; then
            gh issue edit "$number" --body-file issue.md
          elif [ "$STATUS" = 1 ]; then
            gh issue create --title "The upstream moved" --body-file issue.md
          elif [ -n "$number" ]; then
            gh issue close "$number" --comment "Nothing to report any more: $RUN"
          fi

      - name: The end
        if: steps.ask.outputs.status != '0'
        env:
          GH_TOKEN: ${{{{ github.token }}}}
          GH_REPO: ${{{{ github.repository }}}}
          STATUS: ${{{{ steps.ask.outputs.status }}}}
        run: |
          if [ "$STATUS" = 3 ]; then  # it could not look: neither green nor red
            echo "::warning title=harness drift::inconclusive, see the summary"
            gh run cancel "$GITHUB_RUN_ID" && sleep 60
          fi
          exit "$STATUS"
"""
