// Made of socket.io.js by scripts/esm; change that file, not this one.
const module = { exports: {} };
// Gust's browser client for Socket.IO: one file, no dependency.
//
//     const socket = io("/chat", { auth: { token: "…" } });
//     socket.on("line", (line) => …);
//     const answer = await socket.emitWithAck("say", "hello");
//
// Three kinds of values make it up. A *revision* is a generation of the protocol: its URLs, its packets, its heartbeat.
// A *transport* carries frames and knows no revision. A *Manager* is one connection, whatever carries it; each `Socket`
// is one namespace on it. To teach it another generation or transport, add a value to `revisions` or `transports`.
(function (root, define) {
  const io = define();
  if (typeof module === "object" && module.exports) module.exports = io;
  else root.io = io;
})(typeof self === "undefined" ? globalThis : self, function () {
  "use strict";

  // ---------------------------------------------------------------- events

  /** The smallest thing that calls handlers by name. */
  class Emitter {
    #handlers = new Map();

    on(name, handler) {
      const handlers = this.#handlers.get(name);
      if (handlers) handlers.push(handler);
      else this.#handlers.set(name, [handler]);
      return this;
    }

    once(name, handler) {
      const wrapper = (...args) => {
        this.off(name, wrapper);
        handler.apply(this, args);
      };
      wrapper.original = handler;
      return this.on(name, wrapper);
    }

    off(name, handler) {
      if (name === undefined) this.#handlers.clear();
      else if (handler === undefined) this.#handlers.delete(name);
      else {
        const kept = (this.#handlers.get(name) ?? []).filter((h) => h !== handler && h.original !== handler);
        this.#handlers.set(name, kept);
      }
      return this;
    }

    listeners(name) {
      return [...(this.#handlers.get(name) ?? [])];
    }

    /** Calls the handlers; one that throws is reported like any uncaught error, and hinders neither the others nor us. */
    fire(name, ...args) {
      for (const handler of this.listeners(name)) guarded(() => handler.apply(this, args));
    }
  }

  function guarded(call) {
    try {
      call();
    } catch (error) {
      if (typeof reportError === "function") reportError(error);
      else setTimeout(() => { throw error; });
    }
  }

  // ---------------------------------------------------------------- binary values

  const encoder = new TextEncoder();

  const isBinary = (value) =>
    value instanceof ArrayBuffer || ArrayBuffer.isView(value) || (typeof Blob !== "undefined" && value instanceof Blob);

  /** The bytes of a view, a buffer or a Blob. */
  async function bytesOf(value) {
    if (value instanceof ArrayBuffer) return value;
    if (ArrayBuffer.isView(value)) return value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength);
    return value.arrayBuffer();
  }

  /** A copy of `value` in which each binary part is a placeholder; the parts are collected in `attachments`. */
  function takeOutBinary(value, attachments) {
    if (isBinary(value)) {
      attachments.push(value);
      return { _placeholder: true, num: attachments.length - 1 };
    }
    if (Array.isArray(value)) return value.map((item) => takeOutBinary(item, attachments));
    if (value !== null && typeof value === "object" && !(value instanceof Date)) {
      if (typeof value.toJSON === "function") return takeOutBinary(value.toJSON(), attachments);
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, takeOutBinary(item, attachments)]));
    }
    return value;
  }

  /** `value` with its placeholders replaced by the attachments. */
  function putBackBinary(value, attachments) {
    if (Array.isArray(value)) return value.map((item) => putBackBinary(item, attachments));
    if (value !== null && typeof value === "object") {
      if (value._placeholder === true) {
        if (!Number.isInteger(value.num) || !(value.num in attachments)) throw new Error("illegal attachments");
        return attachments[value.num];
      }
      for (const key of Object.keys(value)) value[key] = putBackBinary(value[key], attachments);
    }
    return value;
  }

  function toBase64(buffer) {
    const bytes = new Uint8Array(buffer);
    let text = "";
    // In parts, because the number of arguments of a call is limited.
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return btoa(text);
  }

  const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;

  // ---------------------------------------------------------------- revisions

  /** The names of events that a socket fires by itself; nobody may send them. */
  const reserved = new Set(["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]);

  /** Whether a packet's data has the shape that its type asks for. */
  function isWellFormed({ type, data }) {
    const isObject = typeof data === "object" && data !== null && !Array.isArray(data);
    switch (type) {
      case "connect": return data === undefined || isObject;
      case "disconnect": return data === undefined;
      case "connect_error": return typeof data === "string" || isObject;
      case "ack": return Array.isArray(data);
      case "event": return Array.isArray(data) && ["string", "number"].includes(typeof data[0]) && !reserved.has(data[0]);
    }
  }

  /** Engine.IO 4 with Socket.IO protocol 5. A frame is a string, or an ArrayBuffer. */
  const revision4 = {
    name: "4",
    query: { EIO: "4" },
    serverPings: true,
    connectsImplicitly: false,

    // Polling bodies: packets joined by U+001E, binary ones as "b" and base64.
    encodePayload: (frames) => frames.map((f) => (typeof f === "string" ? f : "b" + toBase64(f))).join("\x1e"),
    decodePayload: (body) => body.split("\x1e").map((f) => (f[0] === "b" ? fromBase64(f.slice(1)) : f)),

    ping: "2",
    pong: "3",
    close: "1",
    probe: "2probe",
    probeAnswer: "3probe",
    upgrade: "5",

    /** What a frame says at the level of the connection. */
    decodeFrame(frame) {
      if (typeof frame !== "string") return { type: "binary", data: frame };
      const names = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
      return { type: names[Number(frame[0])] ?? "error", data: frame.slice(1) };
    },

    /** A packet as frames: its text first, then its attachments. */
    encodePacket({ type, namespace, id, data }) {
      const attachments = [];
      let digit = ["connect", "disconnect", "event", "ack", "connect_error"].indexOf(type);
      if (type === "event" || type === "ack") data = takeOutBinary(data, attachments);
      let text = "4";
      if (attachments.length > 0) text += `${digit + 3}${attachments.length}-`;
      else text += digit;
      if (namespace !== "/") text += namespace + ",";
      if (id !== undefined) text += id;
      if (data !== undefined) text += JSON.stringify(data);
      return [text, ...attachments];
    },

    /** A decoder of messages: each call gives a packet, or null while attachments of one are still to come. */
    makeDecoder() {
      let pending = null;
      return {
        message(text) {
          if (pending) throw new Error("text while attachments are due");
          const match = /^([0-6])(?:(\d+)-)?(?:(\/[^,]*),?)?(\d+)?([^]*)$/.exec(text);
          const isBinaryType = match?.[1] > 4;
          if (!match || isBinaryType !== (match[2] !== undefined)) throw new Error("malformed packet");
          const types = ["connect", "disconnect", "event", "ack", "connect_error", "event", "ack"];
          const packet = {
            type: types[match[1]],
            namespace: match[3] ?? "/",
            id: match[4] === undefined ? undefined : Number(match[4]),
            data: match[5] ? JSON.parse(match[5]) : undefined,
          };
          if (!isWellFormed(packet)) throw new Error("malformed packet");
          const count = Number(match[2] ?? 0);
          if (count === 0) return packet;
          pending = { packet, count, attachments: [] };
          return null;
        },
        binary(buffer) {
          if (!pending) throw new Error("bytes while no attachment is due");
          pending.attachments.push(buffer);
          if (pending.attachments.length < pending.count) return null;
          const { packet, attachments } = pending;
          pending = null;
          packet.data = putBackBinary(packet.data, attachments);
          return packet;
        },
      };
    },
  };

  const revisions = { 4: revision4 };

  // ---------------------------------------------------------------- transports

  // A transport is made of an address, a revision and callbacks: `frames(list)`, `opened()`, `closed(reason, details)`.
  // It has `send(frames)`, `isWritable` and `whenWritable`; `close(frames)` says goodbye after these last frames, `abort()`
  // just ends.

  /** Polls: one GET is always pending, one POST at a time carries what was sent meanwhile. */
  class PollingTransport {
    static transportName = "polling";
    isWritable = true;
    whenWritable = () => {};
    #isPaused = false;
    #isClosed = false;
    #poll = Promise.resolve();
    #post = Promise.resolve();
    #abortion = new AbortController();

    constructor(address, revision, callbacks) {
      this.address = address;
      this.revision = revision;
      this.callbacks = callbacks;
      this.#pollOnce();
    }

    send(frames) {
      this.isWritable = false;
      this.#post = this.#request("POST", this.revision.encodePayload(frames)).then(
        (response) => {
          if (this.#isClosed) return;
          if (!response.ok) return this.#fail("xhr post error", response.status);
          this.isWritable = true;
          this.whenWritable();
        },
        () => this.#fail("xhr post error"),
      );
    }

    /** Lets the requests under way end, and starts no other poll. */
    async pause() {
      this.#isPaused = true;
      await Promise.all([this.#poll, this.#post]);
    }

    resume() {
      this.#isPaused = false;
      if (!this.#isClosed) this.#pollOnce();
    }

    close(frames) {
      if (this.#isClosed) return;
      this.#isClosed = true;
      if (!this.address.sid) return this.abort();
      const body = this.revision.encodePayload([...frames, this.revision.close]);
      // So that it leaves even if the page goes; browsers take no more than 64 KiB of that kind.
      const keepalive = body.length < 20000;
      const goodbye = this.#post.then(() => this.#request("POST", body, keepalive));
      goodbye.catch(() => {}).then(() => this.abort());
    }

    abort() {
      this.#isClosed = true;
      this.#abortion.abort();
    }

    #pollOnce() {
      this.#poll = this.#request("GET").then(
        async (response) => {
          const body = await response.text();
          if (this.#isClosed) return;
          if (!response.ok) return this.#fail("xhr poll error", response.status, body);
          this.callbacks.frames(this.revision.decodePayload(body));
          if (!this.#isClosed && !this.#isPaused) this.#pollOnce();
        },
      ).catch(() => this.#fail("xhr poll error"));
    }

    #request(method, body, keepalive = false) {
      const headers = { ...this.address.headers };
      if (body !== undefined) headers["Content-Type"] = "text/plain;charset=UTF-8";
      const credentials = this.address.withCredentials ? "include" : "same-origin";
      const signal = this.#abortion.signal;
      return fetch(this.address.http("polling"), { method, body, headers, credentials, keepalive, signal, cache: "no-store" });
    }

    #fail(message, status, body) {
      if (this.#isClosed) return;
      this.abort();
      this.callbacks.closed("transport error", { message, description: status, context: body });
    }
  }

  /** A WebSocket: one frame a message. */
  class WebSocketTransport {
    static transportName = "websocket";
    isWritable = false;
    whenWritable = () => {};
    #socket;
    #isClosed = false;

    constructor(address, revision, callbacks) {
      this.#socket = new WebSocket(address.webSocket("websocket"), address.protocols);
      this.#socket.binaryType = "arraybuffer";
      this.#socket.onopen = () => {
        this.isWritable = true;
        callbacks.opened?.();
      };
      this.#socket.onmessage = (event) => callbacks.frames([event.data]);
      this.#socket.onclose = (event) => {
        if (this.#isClosed) return;
        this.#isClosed = true;
        const wasOpen = this.isWritable;
        this.isWritable = false;
        callbacks.closed(wasOpen ? "transport close" : "transport error", { message: "websocket error", description: event.code });
      };
    }

    send(frames) {
      for (const frame of frames) this.#socket.send(frame);
    }

    close(frames) {
      if (this.isWritable) this.send(frames);
      this.abort();
    }

    abort() {
      this.#isClosed = true;
      this.isWritable = false;
      this.#socket.close();
    }
  }

  const transports = { polling: PollingTransport, websocket: WebSocketTransport };

  // ---------------------------------------------------------------- the connection

  const defaults = {
    path: "/socket.io",
    revision: "4",
    transports: ["polling", "websocket"],
    upgrade: true,
    query: {},
    withCredentials: false,
    forceNew: false,
    multiplex: true,
    autoConnect: true,
    timeout: 20000,
    reconnection: true,
    reconnectionAttempts: Infinity,
    reconnectionDelay: 1000,
    reconnectionDelayMax: 5000,
    randomizationFactor: 0.5,
  };

  /** One connection to one server: transport, heartbeat, upgrade, reconnection; its sockets by namespace. */
  class Manager extends Emitter {
    #state = "closed";
    #transport = null;
    #address = null;
    #upgrading = null;
    #decoder = null;
    #outbox = [];
    #preparing = Promise.resolve();
    #heartbeat = null;
    #connectTimer = null;
    #reconnectTimer = null;
    #attempts = 0;
    #skipReconnect = false;
    #sockets = new Map();

    constructor(origin, options) {
      super();
      this.origin = origin;
      this.options = { ...defaults, ...options };
      this.revision = revisions[this.options.revision];
      if (!this.revision) throw new Error(`unknown revision ${this.options.revision}`);
    }

    get state() {
      return this.#state;
    }

    /** The name of the transport in use, or null. */
    get transportName() {
      return this.#transport?.constructor.transportName ?? null;
    }

    /** Whether there is a socket of that namespace. */
    has(namespace) {
      return this.#sockets.has(namespace);
    }

    socket(namespace, options) {
      let socket = this.#sockets.get(namespace);
      if (!socket) {
        socket = new Socket(this, namespace, options);
        this.#sockets.set(namespace, socket);
      }
      return socket;
    }

    // -- opening

    connect() {
      if (this.#state !== "closed") return this;
      this.#state = "opening";
      this.#skipReconnect = false;
      clearTimeout(this.#reconnectTimer);
      const name = this.options.transports[0];
      const Transport = transports[name];
      if (!Transport) throw new Error(`unknown transport ${name}`);
      this.#decoder = this.revision.makeDecoder();
      this.sid = null;
      this.#address = this.#makeAddress();
      this.#connectTimer = setTimeout(
        () => this.#lost("transport error", { message: "timeout" }),
        this.options.timeout,
      );
      this.#transport = new Transport(this.#address, this.revision, this.#callbacks());
      this.#transport.whenWritable = () => this.#flush();
      return this;
    }

    #callbacks() {
      const generation = (this.generation = {});
      const isCurrent = () => this.generation === generation;
      return {
        frames: (frames) => {
          for (const frame of frames) if (isCurrent()) this.#receive(frame);
        },
        closed: (reason, details) => {
          if (isCurrent()) this.#lost(reason, details);
        },
      };
    }

    /** Where this connection's requests go; its sid is filled in once it is known, and never is another connection's. */
    #makeAddress() {
      const { path, query, withCredentials, extraHeaders, protocols } = this.options;
      const base = new URL(path.replace(/\/$/, "") + "/", this.origin);
      const build = (transport, scheme) => {
        const url = new URL(base);
        if (scheme) url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
        const given = typeof query === "function" ? query() : query;
        const all = { ...given, ...this.revision.query, transport };
        if (address.sid) all.sid = address.sid;
        for (const [key, value] of Object.entries(all)) url.searchParams.set(key, value);
        return url.href;
      };
      const address = {
        sid: null,
        http: (transport) => build(transport, false),
        webSocket: (transport) => build(transport, true),
        headers: extraHeaders,
        withCredentials,
        protocols: protocols ?? [],
      };
      return address;
    }

    #opened(handshake) {
      clearTimeout(this.#connectTimer);
      this.#state = "open";
      this.sid = this.#address.sid = handshake.sid;
      globalThis.addEventListener?.("offline", this.#offline);
      this.handshake = handshake;
      this.#watch();
      const isReconnect = this.#attempts > 0;
      const attempts = this.#attempts;
      this.#attempts = 0;
      this.fire("open");
      if (isReconnect) this.fire("reconnect", attempts);
      for (const socket of this.#sockets.values()) socket.managerOpened();
      this.#flush();
      if (this.options.upgrade && this.options.transports.includes("websocket") && handshake.upgrades.includes("websocket")) {
        this.#upgrade();
      }
    }

    // -- upgrade: the WebSocket is probed while polls go on carrying traffic

    #upgrade() {
      const polling = this.#transport;
      const revision = this.revision;
      const failed = (details) => {
        this.#upgrading = null;
        this.fire("upgradeError", details);
      };
      const upgrading = new transports.websocket(this.#address, revision, {
        opened: () => upgrading.send([revision.probe]),
        frames: async (frames) => {
          if (this.#transport === upgrading) return frames.forEach((frame) => this.#receive(frame));
          if (this.#upgrading !== upgrading || this.isPausing) return;
          if (frames[0] !== revision.probeAnswer) {
            upgrading.abort();
            return failed({ message: "probe error" });
          }
          this.fire("upgrading", "websocket");
          this.isPausing = true;
          await polling.pause();
          if (this.#transport !== polling) return;
          this.isPausing = false;
          if (this.#upgrading === upgrading) {
            upgrading.send([revision.upgrade]);
            this.#upgrading = null;
            this.#transport = upgrading;
            upgrading.whenWritable = () => this.#flush();
            this.fire("upgrade", "websocket");
          } else {
            // The WebSocket was lost meanwhile: polling goes on.
            polling.resume();
          }
          this.#flush();
        },
        closed: (reason, details) => {
          if (this.#upgrading === upgrading) failed(details);
          else if (this.#transport === upgrading) this.#lost(reason, details);
        },
      });
      this.#upgrading = upgrading;
    }

    // -- traffic

    #receive(frame) {
      let action;
      try {
        action = this.#read(frame);
      } catch (error) {
        return this.#lost("parse error", { message: String(error) });
      }
      action?.();
    }

    /** What a frame asks for. */
    #read(frame) {
      const { type, data } = this.revision.decodeFrame(frame);
      const deliver = (packet) => packet && (() => this.#route(packet));
      switch (type) {
        case "open": {
          const handshake = JSON.parse(data);
          return () => this.#opened(handshake);
        }
        case "ping": return () => this.#pinged();
        case "message": return deliver(this.#decoder.message(data));
        case "binary": return deliver(this.#decoder.binary(data));
        case "close": return () => this.#lost("transport close");
        case "error": throw new Error("unknown packet");
      }
    }

    #pinged() {
      this.#watch();
      this.fire("ping");
      this.#sendFrames([this.revision.pong]);
    }

    #route(packet) {
      this.#sockets.get(packet.namespace)?.receive(packet);
    }

    /** Sends a packet; Blobs are read first, and what is sent behind them waits. */
    send(packet) {
      const frames = this.revision.encodePacket(packet);
      if (frames.length === 1 && !this.isPreparing) return this.#sendFrames(frames);
      this.isPreparing = true;
      const { sid } = this;
      const preparation = this.#preparing.then(async () => {
        const ready = await Promise.all([frames[0], ...frames.slice(1).map(bytesOf)]);
        // Read too late: the packet belongs to a connection that is gone.
        if (this.#state === "open" && this.sid === sid) this.#sendFrames(ready);
      }).catch((error) => guarded(() => { throw error; }));
      this.#preparing = preparation;
      preparation.finally(() => {
        if (this.#preparing === preparation) this.isPreparing = false;
      });
    }

    /** Whether something sent now leaves at once. */
    get isWritable() {
      return this.#state === "open" && !this.isPausing && this.#transport.isWritable && this.#outbox.length === 0;
    }

    #sendFrames(frames) {
      this.#outbox.push(...frames);
      this.#flush();
    }

    #flush() {
      if (this.#state !== "open" || this.isPausing || !this.#transport.isWritable || this.#outbox.length === 0) return;
      if (this.transportName !== "polling") return this.#transport.send(this.#outbox.splice(0));
      // A payload may not be longer than the server takes.
      const limit = this.handshake.maxPayload ?? Infinity;
      let count = 0;
      let size = 0;
      while (count < this.#outbox.length) {
        const frame = this.#outbox[count];
        size += typeof frame === "string" ? encoder.encode(frame).length + 1 : Math.ceil((frame.byteLength * 4) / 3) + 4;
        if (count > 0 && size > limit) break;
        count += 1;
      }
      this.#transport.send(this.#outbox.splice(0, count));
    }

    // -- heartbeat: a server that is silent for an interval and a timeout is gone

    #watch() {
      clearTimeout(this.#heartbeat);
      const { pingInterval, pingTimeout } = this.handshake;
      this.#heartbeat = setTimeout(() => this.#lost("ping timeout"), pingInterval + pingTimeout);
    }

    // -- ends

    #offline = () => this.#lost("transport close", { message: "network connection lost" });

    /** Closes for good; sockets stay until they connect again. */
    disconnect() {
      this.#skipReconnect = true;
      clearTimeout(this.#reconnectTimer);
      this.#attempts = 0;
      if (this.#state !== "closed") this.#end("forced close", undefined, true);
    }

    /** A socket left; without any other one the connection is of no use. */
    socketLeft() {
      if ([...this.#sockets.values()].some((socket) => socket.active)) return;
      this.disconnect();
    }

    #lost(reason, details) {
      if (this.#state === "closed") return;
      const wasOpening = this.#state === "opening";
      this.#end(reason, details, reason === "parse error");
      if (wasOpening) {
        const error = new Error(details?.message ?? reason);
        error.description = details?.description;
        error.context = details?.context;
        this.fire("error", error);
        if (this.#attempts > 0) this.fire("reconnect_error", error);
        for (const socket of this.#sockets.values()) socket.managerFailed(error);
      }
      if (this.options.reconnection && !this.#skipReconnect) this.#reconnect();
    }

    #end(reason, details, isPolite) {
      this.#state = "closed";
      this.generation = {};
      clearTimeout(this.#connectTimer);
      clearTimeout(this.#heartbeat);
      const upgrading = this.#upgrading;
      this.#upgrading = null;
      upgrading?.abort();
      globalThis.removeEventListener?.("offline", this.#offline);
      const transport = this.#transport;
      this.#transport = null;
      if (isPolite) transport?.close(this.#outbox);
      else transport?.abort();
      this.#outbox = [];
      this.isPausing = false;
      this.fire("close", reason, details);
      for (const socket of this.#sockets.values()) socket.managerClosed(reason, details);
    }

    #reconnect() {
      if (this.#attempts >= this.options.reconnectionAttempts) {
        this.#attempts = 0;
        return this.fire("reconnect_failed");
      }
      const { reconnectionDelay, reconnectionDelayMax, randomizationFactor } = this.options;
      const base = Math.min(reconnectionDelay * 2 ** this.#attempts, reconnectionDelayMax);
      const delay = base * (1 + randomizationFactor * (2 * Math.random() - 1));
      this.#attempts += 1;
      this.#reconnectTimer = setTimeout(() => {
        if (this.#skipReconnect) return;
        this.fire("reconnect_attempt", this.#attempts);
        this.connect();
      }, Math.min(delay, reconnectionDelayMax));
    }
  }

  // ---------------------------------------------------------------- a namespace

  /** One namespace on a connection: what an application holds. */
  class Socket extends Emitter {
    connected = false;
    /** Whether the socket is in use: connected, or going to be. */
    active = false;
    id = undefined;
    #sendBuffer = [];
    #acks = new Map();
    #nextID = 0;
    #catchAll = [];
    #flags = {};

    constructor(manager, namespace, options = {}) {
      super();
      this.io = manager;
      this.nsp = namespace;
      this.auth = options.auth;
    }

    get disconnected() {
      return !this.connected;
    }

    connect() {
      if (this.active) return this;
      this.active = true;
      if (this.io.state === "open") this.managerOpened();
      else this.io.connect();
      return this;
    }

    open() {
      return this.connect();
    }

    disconnect() {
      if (!this.active) return this;
      if (this.connected) this.io.send({ type: "disconnect", namespace: this.nsp });
      this.active = false;
      this.#left("io client disconnect");
      this.io.socketLeft();
      return this;
    }

    close() {
      return this.disconnect();
    }

    // -- sending

    /** Sends an event; a function as the last argument is called with the acknowledgement. */
    emit(name, ...args) {
      if (reserved.has(name)) throw new Error(`"${name}" is a reserved event name`);
      const { volatile: isVolatile, timeout } = this.#flags;
      this.#flags = {};
      const packet = { type: "event", namespace: this.nsp, data: [name, ...args] };
      if (typeof args[args.length - 1] === "function") {
        packet.data.pop();
        packet.id = this.#expectAck(args[args.length - 1], timeout);
      }
      if (isVolatile && !(this.connected && this.io.isWritable)) return this;
      if (this.connected) this.io.send(packet);
      else this.#sendBuffer.push(packet);
      return this;
    }

    send(...args) {
      return this.emit("message", ...args);
    }

    /** Sends an event; the promise is fulfilled with the acknowledgement. */
    emitWithAck(name, ...args) {
      return new Promise((resolve, reject) => {
        const hasTimeout = this.#flags.timeout !== undefined;
        this.emit(name, ...args, (...answer) => {
          if (!hasTimeout) return resolve(answer[0]);
          return answer[0] ? reject(answer[0]) : resolve(answer[1]);
        });
      });
    }

    /** For the next emit: the acknowledgement comes within so many milliseconds, or an error does. */
    timeout(milliseconds) {
      this.#flags.timeout = milliseconds;
      return this;
    }

    /** For the next emit: dropped if it can't leave at once. */
    get volatile() {
      this.#flags.volatile = true;
      return this;
    }

    compress() {
      return this;
    }

    #expectAck(callback, timeout) {
      const id = this.#nextID++;
      if (timeout === undefined) {
        this.#acks.set(id, { answered: callback });
        return id;
      }
      const timer = setTimeout(() => {
        this.#acks.delete(id);
        this.#sendBuffer = this.#sendBuffer.filter((packet) => packet.id !== id);
        callback(new Error("operation has timed out"));
      }, timeout);
      this.#acks.set(id, {
        answered: (...answer) => {
          clearTimeout(timer);
          callback(null, ...answer);
        },
        failed: (error) => {
          clearTimeout(timer);
          callback(error);
        },
      });
      return id;
    }

    // -- receiving

    onAny(handler) {
      this.#catchAll.push(handler);
      return this;
    }

    offAny(handler) {
      this.#catchAll = handler ? this.#catchAll.filter((h) => h !== handler) : [];
      return this;
    }

    receive(packet) {
      switch (packet.type) {
        case "connect": return this.#entered(packet.data?.sid);
        case "event": return this.#event(packet);
        case "ack": {
          const ack = this.#acks.get(packet.id);
          this.#acks.delete(packet.id);
          return guarded(() => ack?.answered(...packet.data));
        }
        case "disconnect":
          this.active = false;
          this.#left("io server disconnect");
          return this.io.socketLeft();
        case "connect_error": {
          this.active = false;
          const error = new Error(packet.data?.message ?? packet.data);
          error.data = packet.data?.data;
          this.fire("connect_error", error);
          return this.io.socketLeft();
        }
      }
    }

    #event({ id, data }) {
      const args = [...data];
      if (id !== undefined) {
        let isSent = false;
        args.push((...answer) => {
          if (isSent) return;
          isSent = true;
          this.io.send({ type: "ack", namespace: this.nsp, id, data: answer });
        });
      }
      for (const handler of [...this.#catchAll]) guarded(() => handler(...args));
      this.fire(...args);
    }

    #entered(sid) {
      this.id = sid;
      this.connected = true;
      this.recovered = false;
      const waiting = this.#sendBuffer.splice(0);
      this.fire("connect");
      for (const packet of waiting) this.io.send(packet);
    }

    // -- what happens to the connection below

    managerOpened() {
      if (!this.active || this.io.revision.connectsImplicitly) return;
      const { sid } = this.io;
      const send = (auth) => {
        // Who takes long to find out may come too late.
        if (this.active && !this.connected && this.io.sid === sid) {
          this.io.send({ type: "connect", namespace: this.nsp, data: auth });
        }
      };
      if (typeof this.auth === "function") this.auth(send);
      else send(this.auth);
    }

    managerClosed(reason, details) {
      if (this.connected) this.#left(reason, details);
    }

    managerFailed(error) {
      if (this.active && !this.connected) this.fire("connect_error", error);
    }

    #left(reason, details) {
      const wasConnected = this.connected;
      this.connected = false;
      this.id = undefined;
      const acks = [...this.#acks.entries()];
      const buffered = new Set(this.#sendBuffer.map((packet) => packet.id));
      for (const [id, ack] of acks) {
        // What hasn't been sent yet may still be answered after a reconnect.
        if (buffered.has(id)) continue;
        this.#acks.delete(id);
        ack.failed?.(new Error("socket has been disconnected"));
      }
      if (wasConnected) this.fire("disconnect", reason, details);
    }
  }

  // ---------------------------------------------------------------- io

  const managers = new Map();

  /**
   * Connects to a namespace: `io()`, `io("/admin")`, `io("https://example.com/admin", { … })`.
   *
   * Sockets of one server share one connection, unless `forceNew` or `multiplex: false` says otherwise.
   */
  function io(address, options) {
    if (typeof address === "object" && address !== null) [address, options] = [undefined, address];
    const settings = { ...defaults, ...options };
    const here = typeof location === "undefined" ? "http://localhost" : location.href;
    const url = new URL(address ?? "/", here);
    const namespace = url.pathname;
    if (url.search) settings.query = { ...Object.fromEntries(url.searchParams), ...settings.query };
    const origin = url.origin.replace(/^ws/, "http");
    const key = origin + settings.path;
    let manager = managers.get(key);
    // The same namespace once more is another client, so it can't share the connection.
    const isShared = settings.multiplex && !settings.forceNew && !manager?.has(namespace);
    if (!manager || !isShared) {
      manager = new Manager(origin, settings);
      if (isShared) managers.set(key, manager);
    }
    const socket = manager.socket(namespace, settings);
    if (settings.autoConnect) socket.connect();
    return socket;
  }

  return Object.assign(io, { io, connect: io, Manager, Socket, revisions, transports, protocol: 5 });
});
export const io = module.exports;
export const { Manager, Socket, connect } = io;
export default io;
