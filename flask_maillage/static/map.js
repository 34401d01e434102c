// The map of what was found: Leaflet on outlines that we serve, the list beside it in step. Without this, the list stands.
"use strict";

const pane = document.querySelector("[data-map]");
const words = JSON.parse(pane.dataset.words);
const list = document.querySelector("[data-map-list]");
const status = document.querySelector("[data-map-status]");
const canvas = pane.querySelector(".map-canvas");
const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const link = (item) => make("a", { href: item.url, lang: item.language }, item.name);
const about = (item) => make("span", { class: "quiet" }, [words[item.kind], item.where || item.who].filter(Boolean).join(" · "));

let map;
let layer;

function begin() {
  map = L.map(canvas, { worldCopyJump: true, minZoom: 1, maxZoom: 18, zoomControl: false }).setView([30, 5], 2);
  map.attributionControl.setPrefix("");
  L.control.zoom({ zoomInTitle: words.closer, zoomOutTitle: words.farther }).addTo(map);
  layer = L.layerGroup().addTo(map);
  if (pane.dataset.tiles) L.tileLayer(pane.dataset.tiles, { attribution: pane.dataset.attribution, maxZoom: 18 }).addTo(map);
  else outlines();
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Escape") map.closePopup();
  });
  map.on("popupclose", ({ popup }) => popup._source?.getElement()?.focus({ preventScroll: true }));
  fill(true);
}

// TopoJSON: each arc is a line of steps from its first point.
async function outlines() {
  const { arcs, transform: { scale, translate } } = await (await fetch(pane.dataset.outlines)).json();
  const lines = arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]) => [(y += dy) * scale[1] + translate[1], (x += dx) * scale[0] + translate[0]]);
  });
  const color = getComputedStyle(canvas).getPropertyValue("--edge");
  L.polyline(lines, { color, weight: 1, interactive: false, renderer: L.canvas({ padding: 0.5 }) }).addTo(map);
  map.attributionControl.addAttribution("Natural Earth");
}

let asked = 0;

async function fill(first = false) {
  const turn = ++asked;
  const address = new URL(pane.dataset.cells, location.href);
  address.searchParams.set("zoom", first ? 5 : map.getZoom());
  const bounds = map.getBounds();
  if (!first) {
    const box = [bounds.getSouth(), bounds.getWest(), bounds.getNorth(), bounds.getEast()];
    address.searchParams.set("box", box.map((number) => number.toFixed(4)).join());
  }
  let found;
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.status);
    found = await answer.json();
  } catch {
    status.textContent = words.failed;
    return;
  }
  if (turn !== asked) return;
  if (first) {
    map.on("moveend", () => fill());
    if (found.cells.length) map.fitBounds(found.cells.map(({ lat, lon }) => [lat, lon]), { padding: [40, 40], maxZoom: pane.dataset.tiles ? 12 : 7, animate: false });
    return fill();
  }
  show(found, bounds);
}

function show({ cells, total, lines = [] }, bounds) {
  const held = layer.getLayers().find((marker) => marker.getLatLng && marker.isPopupOpen());
  if (held && bounds.contains(held.getLatLng())) return;
  layer.clearLayers();
  list.replaceChildren();
  const color = getComputedStyle(canvas).getPropertyValue("--action");
  for (const line of lines) L.polyline(line, { color, weight: 2, interactive: false }).addTo(layer);
  const rows = make("ul", { class: "map-rows" });
  const all = cells.every(({ items }) => items);
  for (const cell of cells) {
    const marker = placed(cell, bounds);
    for (const item of all ? cell.items : []) rows.append(row(item, marker));
  }
  list.append(rows);
  status.textContent = say(all ? words.here : words.many, { n: total });
}

function placed(cell, bounds) {
  let { lat, lon, count, items } = cell;
  if (lon < bounds.getWest() && lon + 360 <= bounds.getEast()) lon += 360;
  if (lon > bounds.getEast() && lon - 360 >= bounds.getWest()) lon -= 360;
  const size = count === 1 ? 24 : Math.min(30 + 6 * Math.log10(count) * 2, 60);
  const mark = make("span", {}, count === 1 ? "" : String(count));
  const icon = L.divIcon({ className: count === 1 ? "map-pin" : "map-cluster", html: mark, iconSize: [size, size] });
  const marker = L.marker([lat, lon], { icon, keyboard: true }).addTo(layer);
  const element = marker.getElement();
  element.setAttribute("aria-label", count === 1 && items ? items[0].name : say(words.cluster, { n: count }));
  const near = () => map.getZoom() >= map.getMaxZoom() || (items && items.length === count && count <= 5);
  const open = () => {
    if (items && (count === 1 || near())) {
      const inside = make("ul", { class: "map-popup" }, ...items.map((item) => make("li", {}, link(item), " ", about(item))));
      marker.bindPopup(inside, { closeButton: false, minWidth: 200 }).openPopup();
      inside.querySelector("a").focus({ preventScroll: true });
    } else map.setView([lat, lon], Math.min(map.getZoom() + 2, map.getMaxZoom()));
  };
  marker.on("click", open);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      open();
    }
  });
  marker.rows = [];
  const light = (on) => () => {
    element.classList.toggle("is-lit", on);
    for (const one of marker.rows) one.classList.toggle("is-lit", on);
  };
  for (const [event, on] of [["mouseenter", true], ["focus", true], ["mouseleave", false], ["blur", false]]) element.addEventListener(event, light(on));
  marker.light = light;
  return marker;
}

function row(item, marker) {
  const element = make("li", {}, link(item), " ", about(item));
  marker.rows.push(element);
  for (const [event, on] of [["mouseenter", true], ["focusin", true], ["mouseleave", false], ["focusout", false]]) element.addEventListener(event, marker.light(on));
  return element;
}

// On a narrow screen the map comes at a press; elsewhere it stands beside the list.
const button = document.querySelector("[data-map-button]");
pane.closest(".map-columns").classList.add("has-map");
function reveal() {
  pane.hidden = false;
  button.hidden = true;
  if (!map) begin();
}
if (matchMedia("(min-width: 62rem)").matches) reveal();
else {
  button.hidden = false;
  button.addEventListener("click", () => {
    reveal();
    canvas.focus();
  });
}
