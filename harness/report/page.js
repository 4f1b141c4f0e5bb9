"use strict";
// Each filter box hides the rows of the table behind it that do not match. A broken expression is searched for as plain text.
for (const box of document.querySelectorAll("input[data-filter]")) {
  const rows = document.getElementById(box.dataset.filter).tBodies[0].rows;
  const matcher = (text) => {
    try { return new RegExp(text, "iu"); } catch { return { test: (row) => row.toLowerCase().includes(text.toLowerCase()) }; }
  };
  box.addEventListener("input", () => {
    const wanted = matcher(box.value);
    for (const row of rows) { row.hidden = !wanted.test(row.textContent); }
  });
}
