// Elements and texts. Whatever comes from the server is set as text, never as HTML.

export const $ = (selector) => document.querySelector(selector);

/** Sets the text of an element if it has changed, so that assistive technology reads no more than that. */
export function setText(target, text) {
  const element = typeof target === "string" ? $(target) : target;
  if (element.textContent !== text) element.textContent = text;
}

/** Makes an element with properties and children; a text becomes a text node. */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") element.className = value;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/**
 * Rows that are made once and then changed in place, so that the focus and the selection of text stay where they are.
 * `cells` makes the cells of a row, and returns a function that shows an item in them; it also gets the greatest size.
 */
export class Rows {
  #body;
  #cells;
  #size;
  #shows = [];

  constructor(body, cells, size = () => 0) {
    this.#body = body;
    this.#cells = cells;
    this.#size = size;
  }

  update(items) {
    while (this.#shows.length < items.length) {
      const row = document.createElement("tr");
      this.#shows.push(this.#cells(row));
      this.#body.append(row);
    }
    while (this.#shows.length > items.length) {
      this.#shows.pop();
      this.#body.lastElementChild.remove();
    }
    const greatest = Math.max(0, ...items.map(this.#size));
    items.forEach((item, index) => this.#shows[index](item, greatest));
  }
}

/** Draws a bar below a row: the share of a number in the greatest one. */
export function share(row, number, greatest) {
  row.style.setProperty("--share", `${greatest > 0 ? (100 * number) / greatest : 0}%`);
}

/** Cells of text: `texts` makes the texts of an item; the columns from the second on are numbers. */
export function textCells(texts, size = () => 0) {
  return (row) => (item, greatest) => {
    texts(item).forEach((text, index) => {
      const cell = row.cells[index] ?? row.appendChild(make("td", index > 0 ? { class: "number" } : {}));
      setText(cell, text);
    });
    share(row, size(item), greatest);
  };
}

// ---------------------------------------------------------------- numbers

export const count = (number) => number.toLocaleString("en");

export function rate(number) {
  return number >= 100 ? count(Math.round(number)) : number.toLocaleString("en", { maximumFractionDigits: 1 });
}

export function bytes(number) {
  const units = ["B", "KB", "MB", "GB"];
  let unit = 0;
  while (number >= 1000 && unit < units.length - 1) {
    number /= 1000;
    unit += 1;
  }
  return `${number >= 100 || unit === 0 ? Math.round(number) : number.toFixed(1)} ${units[unit]}`;
}

export function milliseconds(number) {
  if (number >= 1000) return `${(number / 1000).toFixed(1)} s`;
  return number >= 10 ? `${Math.round(number)} ms` : `${number.toFixed(number >= 1 ? 1 : 2)} ms`;
}

export function clock(time) {
  const date = new Date(time);
  return `${date.toLocaleTimeString("en-GB")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** How long ago something was, such as `3 min`. */
export function age(time) {
  const seconds = Math.max(0, Math.round((Date.now() - time) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds / 3600) % 24} h`;
}
