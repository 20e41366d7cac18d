// A transport without a network: a test calls `receive` with frames of the server, and reads the frames of the client in `sent`.
import { createRequire } from "node:module";

export const io = createRequire(import.meta.url)("../../../public/socket.io.js");

export class Fake {
  static transportName = "fake";
  static all = [];
  isWritable = true;
  whenWritable = () => {};
  sent = [];
  batches = [];

  constructor(address, revision, callbacks) {
    this.address = address;
    this.callbacks = callbacks;
    Fake.all.push(this);
  }

  static get last() {
    return Fake.all.at(-1);
  }

  send(frames) {
    this.sent.push(...frames);
    this.batches.push(frames);
  }

  close(frames) {
    this.goodbye = frames;
  }

  abort() {
    this.isAborted = true;
  }

  async pause() {
    this.isPaused = true;
    await this.pausing;
  }

  resume() {
    this.isPaused = false;
  }

  receive(...frames) {
    this.callbacks.frames(frames);
  }

  /** Receives the handshake of the server. */
  open(more = {}) {
    this.receive("0" + JSON.stringify({ sid: "s" + Fake.all.length, upgrades: [], pingInterval: 25000, pingTimeout: 20000,
      maxPayload: 1000000, ...more }));
  }

  /** Receives the handshake and the CONNECT packet for the namespace "/". */
  admit(more) {
    this.open(more);
    this.receive('40{"sid":"abc"}');
    this.sent = [];
    this.batches = [];
  }
}

io.transports.fake = Fake;

/** Makes a socket on a fake transport; returns the socket and the transport. */
export function connect(options = {}) {
  const socket = io("http://example.com", { transports: ["fake"], forceNew: true, ...options });
  return { socket, server: Fake.last };
}
