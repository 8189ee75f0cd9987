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

// A mistyped code is told before it is sent: the same reading as the server's (verification/codes.py), which decides.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const readCode = (text) => {
  const folded = text.normalize("NFKC"), address = /\/v\/([^/?#]*)/i.exec(folded);
  const plain = (part) => {
    const value = part.replace(/[\s\p{Cc}\p{Cf}\p{Pd}\u2212]/gu, "").toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");
    const letters = [...value], foreign = letters.findIndex((letter) => !ALPHABET.includes(letter));
    if (foreign >= 0) return { wrong: "letter", n: foreign + 1, c: letters[foreign] };
    if (letters.length !== 20) return { wrong: "length", n: letters.length };
    const sum = letters.reduce((at, letter) => (((at || 32) * 2) % 33 + ALPHABET.indexOf(letter)) % 32, 16);
    return sum === 1 ? { value } : { wrong: "check" };
  };
  const found = plain(address ? address[1] : folded);
  if (found.value) return found;
  const dashed = folded.slice(0, 4000).replace(/[\p{Pd}\u2212]/gu, "-").toUpperCase();
  const within = dashed.matchAll(/(?<![0-9A-Z])(?=([0-9A-Z]{4}(?:[-\s]{0,3}[0-9A-Z]{4}){4})(?![0-9A-Z]))/g);
  const codes = new Set([...within].map((match) => plain(match[1]).value).filter(Boolean));
  return codes.size === 1 ? { value: [...codes][0] } : found;
};
for (const input of document.querySelectorAll("input[data-code]")) {
  const said = document.getElementById("code-said");
  const check = () => {
    const found = readCode(input.value), words = found.wrong && input.value.trim() ? input.dataset[found.wrong] : "";
    said.textContent = words.replace("{n}", found.n).replace("{c}", found.c);
    input.classList.toggle("is-invalid", Boolean(words));
    input.toggleAttribute("aria-invalid", Boolean(words));
    return !words;
  };
  input.addEventListener("change", check);
  input.addEventListener("input", () => { if (input.classList.contains("is-invalid")) check(); });
  input.form.addEventListener("submit", (event) => { if (!check()) { event.preventDefault(); input.focus(); } });
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
    // Where more is to be filled in, the person sends the form.
    if (form.dataset.drop !== "keep") form.requestSubmit();
  });
}
