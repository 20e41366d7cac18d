// The chosen socket and the last packets of its connection.
import { $, age, bytes, clock, make, setText } from "./dom.js";

const MAXIMUM = 100;

export class Packets {
  #ask;
  #changed;
  socket = null;

  /** `ask` sends a question and returns the answer; `changed` takes the chosen socket, or null. */
  constructor(ask, changed) {
    this.#ask = ask;
    this.#changed = changed;
    $("#unwatch").addEventListener("click", () => this.close());
  }

  async choose(socket) {
    const answer = await this.#ask("watch", { namespace: socket.namespace, id: socket.id });
    if (!answer) return;
    $("#packets").replaceChildren();
    if (answer.error) {
      setText("#chosen-state", answer.error);
      return;
    }
    this.#open(answer);
    setText("#chosen-state", "Live, from now on");
    $("#chosen-title").focus({ preventScroll: true });
    $("#chosen").scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  close() {
    if (this.socket) this.#ask("unwatch");
    this.socket = null;
    $("#details").hidden = true;
    $("#none").hidden = false;
    setText("#chosen-state", "");
    this.#changed(null);
  }

  /** Watches the same socket again after the connection of the page was lost. */
  again() {
    if (this.socket) this.choose(this.socket);
  }

  receive({ socket, packets, missed, hasEnded }) {
    if (socket.id !== this.socket?.id || socket.namespace !== this.socket.namespace) return;
    const list = $("#packets");
    // The newest packet is at the top, so that nothing moves while somebody reads further down.
    if (missed > 0) list.prepend(make("li", { class: "gap" }, `${missed} packets were too many to show`));
    for (const packet of packets) list.prepend(this.#item(packet));
    while (list.childElementCount > MAXIMUM) list.lastElementChild.remove();
    this.#facts(socket);
    if (!hasEnded) return;
    list.prepend(make("li", { class: "gap" }, "The socket is disconnected."));
    setText("#chosen-state", "Disconnected");
    this.#changed(null);
  }

  #open(socket) {
    this.socket = socket;
    $("#details").hidden = false;
    $("#none").hidden = true;
    this.#facts(socket);
    this.#changed(socket);
  }

  #facts(socket) {
    const facts = {
      "Id": socket.id,
      "Namespace": socket.namespace,
      "Transport": `${socket.transport}, revision ${socket.revision}`,
      "Address": socket.address ?? "–",
      "Connected": `${age(socket.since)} ago`,
      "Waiting to be sent": bytes(socket.bufferedBytes),
      "Rooms": socket.rooms.join(", ") + (socket.roomCount > socket.rooms.length ? ` and ${socket.roomCount - socket.rooms.length} more` : "") || "none",
    };
    const list = $("#facts");
    for (const [name, text] of Object.entries(facts)) {
      let entry = [...list.children].find((each) => each.dataset.name === name);
      if (!entry) {
        entry = make("div", { "data-name": name }, make("dt", {}, name), make("dd", name === "Id" ? { class: "mono" } : {}));
        list.append(entry);
      }
      setText(entry.lastElementChild, text);
    }
  }

  #item(packet) {
    const kind = `${packet.isSent ? "out" : "in"}${packet.isBinary ? " binary" : ""}`;
    return make("li", { class: kind },
      make("time", { datetime: new Date(packet.time).toISOString() }, clock(packet.time)),
      make("span", { class: "arrow", role: "img", "aria-label": packet.isSent ? "sent" : "received" }, packet.isSent ? "↑" : "↓"),
      make("code", {}, packet.text + (!packet.isBinary && packet.text.length < packet.size && packet.size > 500 ? "…" : "")),
      make("span", { class: "size" }, bytes(packet.size)));
  }
}
