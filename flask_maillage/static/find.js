// "Around me": asks the browser for its position on a press only, rounds it, and puts it into the address.
"use strict";

const here = document.querySelector("[data-here]");
if (here && navigator.geolocation) {
  const help = document.querySelector("[data-here-help]");
  here.hidden = help.hidden = false;
  here.addEventListener("click", () => {
    here.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const form = here.form;
        form.querySelectorAll("[name=lat], [name=lon]").forEach((field) => field.remove());
        form.elements.near.value = "";
        for (const [name, value] of [["lat", coords.latitude], ["lon", coords.longitude]]) {
          const field = Object.assign(document.createElement("input"), { type: "hidden", name, value: value.toFixed(2) });
          form.append(field);
        }
        form.requestSubmit();
      },
      () => {
        here.disabled = false;
        help.textContent = here.dataset.failed;
      },
      { maximumAge: 600000, timeout: 15000 },
    );
  });
}

// On a narrow screen, counts by topic, territory and server begin folded.
if (matchMedia("(max-width: 40rem)").matches) {
  for (const group of document.querySelectorAll(".narrower details")) group.open = Boolean(group.querySelector("[aria-current]"));
}

// An address that is shared says only what was asked.
for (const form of document.querySelectorAll("form.filter")) {
  form.addEventListener("submit", () => {
    const spoken = (name) => form.elements[name]?.value;
    for (const field of form.elements) if (!field.value) field.disabled = true;
    if (!spoken("near") && !form.querySelector("[name=lat]")) form.elements.km.disabled = true;
  });
}
addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form.filter [disabled]")) field.disabled = false;
});
