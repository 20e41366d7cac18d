// Shows who is writing, and sends whether this page's user is. The events can be lost, so they are repeated while the
// user writes, and a shown name expires.
const silence = 2500;
const again = 1000;
const patience = 4000;

export class Typing {
  #place;
  #tell;
  #writers = new Map();
  #silence = null;
  /** The timer that repeats the event; null while the user of this page isn't writing. */
  #again = null;

  constructor(place, { tell }) {
    this.#place = place;
    this.#tell = tell;
  }

  /** Called when the text of this page's user has changed. */
  input(text) {
    clearTimeout(this.#silence);
    if (text.trim() !== "") {
      this.#silence = setTimeout(() => this.#stop(), silence);
      if (this.#again === null) this.#say();
    } else if (this.#again !== null) {
      this.#stop();
    }
  }

  #say() {
    this.#tell(true);
    this.#again = setTimeout(() => this.#say(), again);
  }

  #stop() {
    clearTimeout(this.#again);
    this.#again = null;
    this.#tell(false);
  }

  /** Called when another user writes; the name expires, in case the event for the end is lost. */
  started(who) {
    clearTimeout(this.#writers.get(who));
    this.#writers.set(who, setTimeout(() => this.stopped(who), patience));
    this.#show();
  }

  stopped(who) {
    clearTimeout(this.#writers.get(who));
    this.#writers.delete(who);
    this.#show();
  }

  clear() {
    for (const who of [...this.#writers.keys()]) this.stopped(who);
  }

  #show() {
    const names = [...this.#writers.keys()];
    const isMany = names.length > 2;
    const who = isMany ? "Several people" : names.join(" and ");
    this.#place.textContent = names.length === 0 ? "" : `${who} ${names.length === 1 ? "is" : "are"} writing…`;
  }
}
