// Timers that only a test advances. The mock timers of Node 18, the version of Debian 12 and Ubuntu 24.04, can't be used: they
// run timers that have been cleared.

/** Replaces the timers for one test; the returned object advances them. */
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

  /** Advances the time, and runs the timers that are due, in order of their time, and of their creation if the time is the same. */
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
