// Conveniences only: every page works without this file.
"use strict";

// A form that takes a while says so and cannot be sent twice.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    const said = form.querySelector("[data-once-said]");
    // After the form was read: a button that is off before that would not be sent.
    setTimeout(() => { for (const button of form.querySelectorAll("button")) button.disabled = true; });
    if (said) said.textContent = form.dataset.once;
  });
}
// Coming back with the browser's back button finds the form usable again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) {
    for (const button of form.querySelectorAll("button")) button.disabled = false;
    const said = form.querySelector("[data-once-said]");
    if (said) said.textContent = "";
  }
});

// What stands in a field can be copied by a button.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = words; }, 3000);
  });
}

// A PDF dropped on the form is checked at once.
for (const form of document.querySelectorAll("form[data-drop]")) {
  const zone = form.querySelector(".drop");
  const input = form.querySelector("input[type=file]");
  form.querySelector("[data-drop-hint]").hidden = false;
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) {
    zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.remove("over"); });
  }
  zone.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}
