// What plain HTML cannot do: dragging a card, and focus on what was said after a part of the page was swapped.
// Everything here is a second way; the page works without it.
"use strict";

document.addEventListener("htmx:after:swap", () => {
  const said = document.querySelector("#resultat [autofocus]");
  if (said) said.focus();
});

let dragged = null;

// No step leads where the card was dropped: it says so, and shows the steps that there are.
function saysWhere(card) {
  const ways = card.querySelector("details");
  ways.open = true;
  ways.querySelector(".sosu-nowhere").hidden = false;
  ways.querySelector("summary").focus();
}

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest(".sosu-card");
  if (dragged) event.dataTransfer.setData("text/plain", dragged.id);
});

document.addEventListener("dragover", (event) => {
  const column = event.target.closest(".sosu-column");
  if (dragged && column) {
    event.preventDefault();
    column.classList.add("sosu-over");
  }
});

document.addEventListener("dragleave", (event) => {
  const column = event.target.closest(".sosu-column");
  if (column && !column.contains(event.relatedTarget)) column.classList.remove("sosu-over");
});

document.addEventListener("drop", (event) => {
  const column = event.target.closest(".sosu-column");
  if (!dragged || !column) return;
  event.preventDefault();
  column.classList.remove("sosu-over");
  const step = dragged.querySelector(`[data-target="${column.dataset.stage}"]`);
  if (step) step.click();
  else if (!column.contains(dragged)) saysWhere(dragged);
  dragged = null;
});

// The print of a report by a button; without script the page says how.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
  document.querySelector("[data-unprinted]").hidden = true;
}

// Where there is little room, what is not needed for the next action is folded; without script the page is longer.
const narrow = matchMedia("(max-width: 767px)");
function folds() {
  for (const part of document.querySelectorAll("details[data-roomy]")) part.open = !narrow.matches;
}
if (narrow.matches) folds();
narrow.addEventListener("change", folds);
