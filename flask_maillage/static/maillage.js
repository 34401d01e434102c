// Small comforts: every page works without this file.
"use strict";

// After a refused form, the reader is taken to the list of what to correct. The address may still end in where a link
// led within the page before, the one to its content for one: the browser would take them there afterwards.
const shown = document.querySelector("[data-focus]");
if (shown && location.hash) history.replaceState(history.state, "", location.pathname + location.search);
shown?.focus();

// "Copy" buttons exist only where the browser can copy.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      const label = button.textContent;
      await navigator.clipboard.writeText(source.textContent.trim());
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  }
}

// A call counts down to the minute; without this, its page says the days.
for (const counter of document.querySelectorAll("[data-until]")) {
  const until = Date.parse(counter.dataset.until);
  const tick = () => {
    const minutes = Math.ceil((until - Date.now()) / 60000);
    if (minutes <= 0) return location.reload();
    const parts = { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60) % 24, minutes: minutes % 60 };
    counter.textContent = counter.dataset.words.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
    setTimeout(tick, 30000);
  };
  if (until > Date.now()) tick();
}

// Who leaves a form that does not save itself is asked first, once something was typed.
for (const form of document.querySelectorAll("form[data-unsaved]")) {
  const typed = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")).toString();
  const begun = form.dataset.unsaved ? "" : typed();
  let leaving = false;
  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => { if (!leaving && typed() !== begun) event.preventDefault(); });
}
