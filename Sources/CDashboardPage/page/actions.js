// Emitting events and disconnecting sockets, if the server allows it.
import { $, setText } from "./dom.js";

export class Actions {
  #ask;
  #packets;

  /** `ask` sends a question and returns the answer; `packets` has the chosen socket. */
  constructor(ask, packets) {
    this.#ask = ask;
    this.#packets = packets;
    $("#emit").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#emit();
    });
    $("#emit-kind").addEventListener("change", () => this.#label());
    $("#to-socket").addEventListener("click", () => {
      const { socket } = packets;
      if (!socket) return;
      this.fill(socket.namespace, "id", socket.id);
      $("#emit-event").focus();
    });
    $("#disconnect").addEventListener("click", () => this.#confirm());
    $("#confirm").addEventListener("close", () => $("#confirm").returnValue === "yes" && this.#disconnect());
    this.#label();
  }

  allow(isAllowed) {
    document.body.dataset.actions = isAllowed ? "on" : "off";
    $("#read-only").hidden = isAllowed;
  }

  /** Fills the form for a room or a socket. */
  fill(namespace, kind, target) {
    $("#emit-namespace").value = namespace;
    $("#emit-kind").value = kind;
    $("#emit-target").value = target;
    this.#label();
  }

  #label() {
    const kind = $("#emit-kind").value;
    setText("#emit-target-label", kind === "id" ? "Id of the socket" : "Room");
    $("#emit-target").disabled = kind === "everybody";
    $("#emit-target").required = kind !== "everybody";
  }

  async #emit() {
    const kind = $("#emit-kind").value;
    const answer = await this.#ask("emit", {
      namespace: $("#emit-namespace").value,
      event: $("#emit-event").value,
      arguments: $("#emit-arguments").value,
      ...(kind !== "everybody" && { [kind]: $("#emit-target").value }),
    });
    this.#result(answer, `Emitted at ${new Date().toLocaleTimeString("en-GB")}`);
  }

  #confirm() {
    const { socket } = this.#packets;
    if (!socket) return;
    setText("#confirm-text", `${socket.id} in ${socket.namespace}, from ${socket.address ?? "a Unix socket"}`);
    $("#closes").checked = false;
    $("#confirm").returnValue = "no";
    $("#confirm").showModal();
  }

  async #disconnect() {
    const { socket } = this.#packets;
    if (!socket) return;
    const answer = await this.#ask("disconnect-socket", {
      namespace: socket.namespace,
      id: socket.id,
      closesConnection: $("#closes").checked,
    });
    this.#result(answer, "The socket was disconnected");
  }

  #result(answer, text) {
    const error = answer === null ? "There is no connection to the server." : answer?.error;
    $("#emit-result").dataset.level = error ? "bad" : "good";
    setText("#emit-result", error ?? text);
  }
}
