// The list of sockets, one page at a time, asked for again every few seconds.
import { $, Rows, age, bytes, count, make, setText } from "./dom.js";

const INTERVAL = 3000;

export class Sockets {
  #ask;
  #choose;
  #rows;
  #start = null;
  #next = null;
  #chosen = null;
  #asked = 0;

  /** `ask` sends a question and returns the answer; `choose` takes the socket that was clicked. */
  constructor(ask, choose) {
    this.#ask = ask;
    this.#choose = choose;
    this.#rows = new Rows($("#list"), (row) => this.#cells(row));
    $("#search").addEventListener("submit", (event) => {
      event.preventDefault();
      this.show(null);
    });
    // The cross of the field empties it without submitting.
    $("#query").addEventListener("search", () => this.show(null));
    $("#first").addEventListener("click", () => this.show(null));
    $("#next").addEventListener("click", () => this.show(this.#next));
    setInterval(() => document.hidden || this.show(this.#start), INTERVAL);
  }

  /** Searches for a text, such as the name of a room. */
  search(text) {
    $("#query").value = text;
    this.show(null);
    $("#sockets").focus();
  }

  mark(socket) {
    this.#chosen = socket;
    this.show(this.#start);
  }

  async show(start) {
    const number = this.#asked += 1;
    const page = await this.#ask("sockets", { text: $("#query").value, ...(start && { start }) });
    // A later question has been asked meanwhile, or there is no connection.
    if (number !== this.#asked || !page || page.error) return;
    this.#start = start;
    this.#next = page.next ?? null;
    this.#rows.update(page.sockets);
    $("#no-sockets").hidden = page.sockets.length > 0;
    $("#first").disabled = start === null;
    $("#next").disabled = this.#next === null;
    setText("#found", page.total === 1 ? "1 socket" : `${count(page.total)} sockets${page.total > page.sockets.length ? `, ${page.sockets.length} on this page` : ""}`);
  }

  #cells(row) {
    let current = null;
    const button = make("button", { type: "button", class: "link mono", onclick: () => this.#choose(current) });
    const cells = Array.from({ length: 7 }, () => make("td"));
    cells[0].append(button);
    cells[6].className = "number";
    row.append(...cells);
    return (socket) => {
      current = socket;
      const isChosen = this.#chosen?.id === socket.id && this.#chosen?.namespace === socket.namespace;
      row.setAttribute("aria-current", String(isChosen));
      setText(button, socket.id);
      setText(cells[1], socket.namespace);
      setText(cells[2], `${socket.transport} · ${socket.revision}`);
      setText(cells[3], socket.address ?? "–");
      const shown = socket.rooms.slice(0, 3);
      const rest = socket.roomCount - shown.length;
      cells[4].replaceChildren(...shown.map((room) => make("span", { class: "tag", title: room }, room)), ...(rest > 0 ? [`+${rest}`] : []));
      setText(cells[5], age(socket.since));
      setText(cells[6], socket.bufferedBytes > 0 ? bytes(socket.bufferedBytes) : "–");
    };
  }
}
