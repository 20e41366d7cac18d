// Timers that only a test moves. Node's own mock isn't fit for it in Node 18, which Debian 12 and Ubuntu 24.04 have: what
// is cleared there runs all the same.

/** Stops the timers for one test; what it gives moves them. */
export function holdTimers(t) {
  const real = { setTimeout, clearTimeout, setInterval, clearInterval };
  const held = new HeldTimers();
  globalThis.setTimeout = (action, after = 0, ...args) => held.add({ action: () => action(...args), after });
  globalThis.setInterval = (action, after, ...args) => held.add({ action: () => action(...args), after, isRepeated: true });
  globalThis.clearTimeout = globalThis.clearInterval = (timer) => held.timers.delete(timer);
  t.after(() => Object.assign(globalThis, real));
  return held;
}

class HeldTimers {
  now = 0;
  timers = new Set();

  add(timer) {
    timer.due = this.now + timer.after;
    this.timers.add(timer);
    return timer;
  }

  /** Lets time pass, in milliseconds, and runs what falls due in its order; what begins at the same time, in theirs. */
  tick(milliseconds) {
    const end = this.now + milliseconds;
    for (;;) {
      const [next] = [...this.timers].filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due);
      if (!next) break;
      this.now = next.due;
      this.timers.delete(next);
      if (next.isRepeated) this.add(next);
      next.action();
    }
    this.now = end;
  }
}
