// Who is writing: tells the others about us, and us about the others.
const silence = 3000;
const patience = 6000;

export class Typing {
  #place;
  #tell;
  #writers = new Map();
  #isTyping = false;
  #timer = null;

  constructor(place, { tell }) {
    this.#place = place;
    this.#tell = tell;
  }

  /** Our own text has changed. */
  input(text) {
    clearTimeout(this.#timer);
    const isTyping = text.trim() !== "";
    if (isTyping) this.#timer = setTimeout(() => this.input(""), silence);
    if (isTyping !== this.#isTyping) this.#tell(isTyping);
    this.#isTyping = isTyping;
  }

  /** Somebody writes; forgotten after a while, in case the end of it gets lost. */
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
