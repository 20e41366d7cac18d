// Who is writing: tells the others about us, and us about the others. What is told may get lost, so it is told again while
// it lasts, and forgotten when it isn't.
const silence = 2500;
const again = 1000;
const patience = 4000;

export class Typing {
  #place;
  #tell;
  #writers = new Map();
  #silence = null;
  /** The timer to say again that we write; null while we don't. */
  #again = null;

  constructor(place, { tell }) {
    this.#place = place;
    this.#tell = tell;
  }

  /** Our own text has changed. */
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
