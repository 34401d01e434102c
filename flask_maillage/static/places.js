// A field with data-places completes a place as one types: a combobox with a list (ARIA Authoring Practices Guide).
// It asks this node alone. Without this file the field is a field; the server completes what is certain.
const REST = 150;
const SHORTEST = 2;
let count = 0;

class Completer {
  constructor(field) {
    this.field = field;
    this.options = [];
    this.active = -1;
    this.list = document.createElement("ul");
    this.list.id = `places-${++count}`;
    this.list.className = "places";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", field.labels[0]?.textContent.trim() || "");
    this.status = document.createElement("p");
    this.status.className = "unseen";
    this.status.setAttribute("role", "status");
    field.after(this.list, this.status);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", this.list.id);
    for (const point of ["latitude", "longitude"].map((name) => this.other(name))) {
      point?.addEventListener("input", (event) => { if (event.isTrusted) point.dataset.typed = "yes"; });
    }
    field.addEventListener("input", (event) => { if (event.isTrusted) this.later(); });
    field.addEventListener("keydown", (event) => this.onKey(event));
    field.addEventListener("blur", () => this.close());
    field.closest("[data-adds]")?.removeAttribute("hidden");
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(this.options.indexOf(event.target.closest("li"))));
  }

  later() {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (this.field.value.trim().length < SHORTEST) return this.close();
    this.timer = setTimeout(() => this.ask(), Number(this.field.dataset.placesRest) || REST);
  }

  async ask() {
    const { places, placesKinds } = this.field.dataset;
    const asked = { q: this.field.value.trim(), kinds: placesKinds || "", language: document.documentElement.lang };
    this.asking = new AbortController();
    try {
      const answer = await fetch(`${places}?${new URLSearchParams(asked)}`, { signal: this.asking.signal });
      if (answer.ok && document.activeElement === this.field) this.show(await answer.json());
    } catch { /* typed on, or no network: the field works as it is */ }
  }

  show(found) {
    this.found = found;
    this.options = found.map((place, index) => this.option(place, index));
    this.list.replaceChildren(...this.options);
    this.mark(-1);
    this.open(found.length > 0);
    const { placesOne, placesMany, placesNone } = this.field.dataset;
    this.say(found.length === 1 ? placesOne : found.length ? placesMany.replace("{n}", found.length) : placesNone);
  }

  option(place, index) {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${index}`;
    item.setAttribute("role", "option");
    const name = document.createElement("span");
    name.textContent = [place.kind !== "address" && place.postal_code, place.name].filter(Boolean).join(" ");
    const where = document.createElement("span");
    where.className = "quiet";
    where.textContent = place.where;
    item.append(name, " ", where);
    return item;
  }

  onKey(event) {
    const isOpen = !this.list.hidden;
    const last = this.options.length - 1;
    const moves = { ArrowDown: this.active < last ? this.active + 1 : 0, ArrowUp: this.active > 0 ? this.active - 1 : last };
    if (this.active >= 0) Object.assign(moves, { Home: 0, End: last });
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (isOpen && event.key in moves) this.mark(moves[event.key]);
    else if (isOpen && event.key === "Enter" && this.active >= 0) this.choose(this.active);
    else if (isOpen && event.key === "Escape") this.close();
    else if (event.key === "Enter" && this.lines()) this.add(this.field.value.trim());
    else if (!isOpen && event.key === "ArrowDown" && this.field.value.trim().length >= SHORTEST) this.ask();
    else return;
    event.preventDefault();
  }

  mark(index) {
    this.active = index;
    this.options.forEach((item, number) => item.setAttribute("aria-selected", number === index));
    if (index < 0) return this.field.removeAttribute("aria-activedescendant");
    this.field.setAttribute("aria-activedescendant", this.options[index].id);
    this.options[index].scrollIntoView({ block: "nearest" });
  }

  open(isOpen) {
    this.list.hidden = !isOpen;
    this.field.setAttribute("aria-expanded", isOpen);
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.mark(-1);
    this.open(false);
  }

  choose(index) {
    const place = this.found?.[index];
    if (!place) return;
    this.close();
    if (this.lines()) return this.add(`${place.name} (${place.code})`);
    const { placesFills, placesFilled } = this.field.dataset;
    const names = placesFills.split(" ");
    const filled = names.filter((name) => place[name] !== undefined && this.mayFill(name, place));
    if (!names.includes(this.field.name)) this.put(this.field, "placesCode" in this.field.dataset ? `${place.name} (${place.code})` : place.name);
    filled.forEach((name) => this.put(this.other(name), place[name] ?? ""));
    this.say(placesFilled.replace("{place}", [place.kind !== "address" && place.postal_code, place.name, place.where].filter(Boolean).join(", ")));
  }

  // A field that adds to another one, which has a place on each line.
  lines() {
    const { placesAdds } = this.field.dataset;
    return placesAdds && this.field.form?.elements.namedItem(placesAdds);
  }

  add(text) {
    const lines = this.lines();
    if (!text) return;
    this.close();
    this.put(lines, [...lines.value.split("\n").filter((line) => line.trim()), text].join("\n"));
    this.field.value = "";
    this.say(this.field.dataset.placesFilled.replace("{place}", text));
  }

  // Coordinates that somebody set by hand stay, unless they are those of somewhere else altogether.
  mayFill(name, place) {
    const field = this.other(name);
    if (!field) return false;
    if (name === "postal_code") return Boolean(place.postal_code) || !place.postal_codes?.includes(field.value);
    if (name !== "latitude" && name !== "longitude") return true;
    if (place.kind === "address") return !field.dataset.typed;
    return !this.isNear(place) || this.isOurs();
  }

  isNear(place) {
    const [latitude, longitude] = ["latitude", "longitude"].map((name) => parseFloat(this.other(name)?.value));
    return Math.abs(latitude - place.latitude) < 0.5 && Math.abs(longitude - place.longitude) < 0.7;
  }

  isOurs() {
    return ["latitude", "longitude"].every((name) => this.other(name)?.value === this.other(name)?.dataset.filled);
  }

  other(name) {
    return name === this.field.name ? this.field : this.field.form?.elements.namedItem(name);
  }

  put(field, value) {
    field.value = value;
    field.dataset.filled = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  say(text) {
    this.status.textContent = text || "";
  }
}

for (const field of document.querySelectorAll("input[data-places]")) new Completer(field);
