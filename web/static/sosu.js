// What plain HTML cannot do: dragging a card, and focus on what was said after a part of the page was swapped.
// Everything here is a second way; the page works without it.
"use strict";

document.addEventListener("htmx:after:swap", () => {
  const said = document.querySelector("#resultat [autofocus]");
  if (said) said.focus();
});

// An answer that is not a part of this page, or none: what is there stays, and above it stands what to do. A form that
// was refused (422) or is older than the case (409) is answered by the page itself.
const OURS = [409, 422];

function says(context, status) {
  const alert = document.querySelector("#lykkedes-ikke").content.firstElementChild.cloneNode(true);
  const fits = alert.querySelector(`[data-status="${status}"]`) || alert.querySelector('[data-status=""]');
  for (const said of alert.querySelectorAll("[data-status]")) if (said !== fits) said.remove();
  alert.setAttribute("role", "alert");
  context.target.before(alert);
  if (!context.sourceElement.matches("input")) alert.focus(); // whoever types in a field goes on in it
  alert.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:before:request", () => {
  for (const alert of document.querySelectorAll("[data-failed]")) alert.remove();
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx.response.status < 400 || OURS.includes(ctx.response.status)) return;
  event.preventDefault();
  says(ctx, ctx.response.status);
});

document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail;
  if (ctx && ctx.target) says(ctx, ctx.response ? ctx.response.status : 0);
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

// The way back from a case leads to the list as it was left, with its filter and page. It is kept by this tab alone.
document.addEventListener("click", (event) => {
  const link = event.target.closest('#resultat a[href^="/sag/"]');
  if (link) sessionStorage.setItem("list", location.pathname + location.search);
});
function leadsBack() {
  const [back, left] = [document.querySelector("[data-back]"), sessionStorage.getItem("list")];
  if (!back || !left) return;
  back.href = left;
  back.querySelector("span").textContent = back.dataset.back;
}
if (location.pathname === "/login") sessionStorage.clear(); // whoever comes next has left no list
leadsBack();
document.addEventListener("htmx:after:swap", leadsBack);

// A CPR number is looked at when it is whole or the field is left, never while somebody is on the way to its tenth digit.
document.addEventListener("input", (event) => {
  if (!("number" in event.target.dataset)) return;
  document.querySelector("[data-about-number]").replaceChildren();
  if (event.target.value.replace(/\D/g, "").length === 10) event.target.dispatchEvent(new Event("whole"));
});

// Where there is little room, what is not needed for the next action is folded; without script the page is longer.
const narrow = matchMedia("(max-width: 767px)");
function folds() {
  for (const part of document.querySelectorAll("details[data-roomy]")) part.open = !narrow.matches;
}
if (narrow.matches) folds();
narrow.addEventListener("change", folds);

// All rows of a page at once, and how many are chosen; without script each row has its own box.
function countsChosen(form) {
  const rows = [...form.querySelectorAll('input[name="reference"]')];
  const chosen = rows.filter((row) => row.checked).length;
  const all = form.querySelector("[data-all]");
  all.checked = chosen === rows.length;
  all.indeterminate = chosen > 0 && !all.checked;
  all.classList.toggle("mixed", all.indeterminate); // so the design system draws it
  form.querySelector("[data-chosen]").textContent =
    chosen === 0 ? "Ingen forløb er valgt." : `${chosen} forløb er valgt.`;
}

function offersAll() {
  for (const all of document.querySelectorAll("[data-all]")) {
    all.parentElement.hidden = false;
    countsChosen(all.form);
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form || !form.querySelector("[data-all]")) return;
  if ("all" in event.target.dataset) {
    for (const row of form.querySelectorAll('input[name="reference"]')) row.checked = event.target.checked;
  }
  countsChosen(form);
});
document.addEventListener("htmx:after:swap", offersAll);
window.addEventListener("pageshow", offersAll); // also when the browser goes back, and ticks what was ticked
