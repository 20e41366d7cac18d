// Gust's browser client for Socket.IO: one file, no dependency.
//
//     const socket = io("/chat", { auth: { token: "…" } });
//     socket.on("line", (line) => …);
//     const answer = await socket.emitWithAck("say", "hello");
//
// The client has three kinds of values. A *revision* is a generation of the protocol: its URLs, its packets, its
// heartbeat. A *transport* carries frames and doesn't depend on the revision. A *Manager* is one connection over any
// transport; each `Socket` is one namespace of the connection. To add a generation or a transport, add a value to
// `revisions` or `transports`.
//
//     io({ revision: "0.9", transports: ["htmlfile"] })        // 4 (the default), 3, 0.9 or 0.6
//     new io.Socket("localhost", { transports: ["xhr-multipart"] }).connect()     // the client of 2010
(function (root, define) {
  const io = define(root);
  if (typeof module === "object" && module.exports) module.exports = io;
  else root.io = io;
})(typeof self === "undefined" ? globalThis : self, function (root) {
  "use strict";

  // ---------------------------------------------------------------- events

  /** A minimal event emitter: calls handlers by the name of the event. */
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

    hasListeners(name) {
      return this.listeners(name).length > 0;
    }

    // The names of these methods in earlier clients.

    addEventListener(name, handler) {
      return this.on(name, handler);
    }

    addListener(name, handler) {
      return this.on(name, handler);
    }

    removeEventListener(name, handler) {
      return this.off(name, handler);
    }

    removeListener(name, handler) {
      return this.off(name, handler);
    }

    removeAllListeners(name) {
      return this.off(name);
    }

    /** Calls the handlers. If a handler throws, the error is reported as uncaught, and the other handlers are called. */
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
  // A byte order mark at the beginning of a text is part of the text.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  const isBinary = (value) =>
    value instanceof ArrayBuffer || ArrayBuffer.isView(value) || (typeof Blob !== "undefined" && value instanceof Blob);

  /** The bytes of a view, a buffer or a Blob. */
  async function bytesOf(value) {
    if (value instanceof ArrayBuffer) return value;
    if (ArrayBuffer.isView(value)) return value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength);
    return value.arrayBuffer();
  }

  /** A copy of `value` with a placeholder for each binary part; the binary parts are appended to `attachments`. */
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
    // In pieces, because the number of arguments of a call is limited.
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return btoa(text);
  }

  const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;

  // ---------------------------------------------------------------- revisions

  /** The names of events that a socket fires itself; an application can't send events with these names. */
  const reserved = new Set(["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]);

  /** Whether the data of a packet has the form that the type of the packet requires. */
  function isWellFormed({ type, data }) {
    const isObject = typeof data === "object" && data !== null && !Array.isArray(data);
    switch (type) {
      case "connect": return data === undefined || isObject;
      case "disconnect": return data === undefined;
      // Before revision 4 the data may be any value.
      case "connect_error": return data !== undefined;
      case "ack": return Array.isArray(data);
      case "event": return Array.isArray(data) && ["string", "number"].includes(typeof data[0]) && !reserved.has(data[0]);
    }
  }

  /** Engine.IO 4 with Socket.IO protocol 5. A frame is a string, or an ArrayBuffer. */
  const revision4 = {
    name: "4",
    transports: ["polling", "websocket", "jsonp"],
    connectsImplicitly: false,
    /** Whether each frame restarts the heartbeat timer; otherwise only a heartbeat packet does. */
    watchesAll: false,
    /** Whether the revision has messages in addition to events. */
    hasMessages: false,
    /** Whether CONNECT has a payload; otherwise `auth` is sent as the query of the namespace, or of the connection for "/". */
    hasConnectPayload: true,
    namespaceID: (namespace, sid, told) => told,

    url: (base, transport, { sid, query }) =>
      withQuery(base, { ...query, EIO: "4", transport: carrierName(transport), ...stamp(transport), ...(sid && { sid }) }),

    // Polling bodies: packets joined by U+001E; a binary packet is "b" and base64.
    encodePayload: (frames) => frames.map((f) => (typeof f === "string" ? f : "b" + toBase64(f))).join("\x1e"),
    decodePayload: (body) => body.split("\x1e").map((f) => (f[0] === "b" ? fromBase64(f.slice(1)) : f)),

    /** A form changes newlines, so they are escaped; the server restores them. */
    form: { field: "d", encode: (payload) => payload.replace(/\\n/g, "\\\\n").replace(/\n/g, "\\n") },
    jsonp: {
      // The unique parameter `t` prevents the browser from using a cached script.
      url: (url, index) => withQuery(url, { t: timestamp(), j: index }),
      /** Stores `callback` under the name that the script of the server calls. */
      listen(index, callback) {
        (root.___eio ??= [])[index] = callback;
      },
    },

    pong: () => "3",
    close: "1",
    probe: "2probe",
    probeAnswer: "3probe",
    upgrade: "5",

    /** The type and the data of a frame of Engine.IO. */
    decodeFrame(frame) {
      if (typeof frame !== "string") return { type: "binary", data: frame };
      const names = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
      return { type: names[Number(frame[0])] ?? "error", data: frame.slice(1) };
    },

    /** The frames of a packet: its text, then its attachments. */
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

    /** A decoder of frames; `message` and `binary` return a packet, or null while attachments of a packet are missing. */
    makeDecoder() {
      let pending = null;
      return {
        /** The elements of a frame, each with its type. */
        read: (frame) => [revision4.decodeFrame(frame)],
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

  /** `url` with more query parameters. */
  function withQuery(url, parameters) {
    const target = new URL(url);
    for (const [key, value] of Object.entries(parameters)) target.searchParams.set(key, value);
    return target.href;
  }

  let timestamps = 0;

  /** A text that is unique on this page. */
  const timestamp = () => `${Date.now().toString(36)}.${(timestamps++).toString(36)}`;

  /**
   * A parameter that makes the URL of each polling request another one. If a browser sends a request again by itself, because its TCP
   * connection was reset, the server knows it by this parameter.
   */
  const stamp = (transport) => (transport === "websocket" ? {} : { t: timestamp() });

  /** `name=value` pairs; objects are written as JSON. */
  function queryPairs(parameters) {
    const text = (value) => (typeof value === "object" && value !== null ? JSON.stringify(value) : String(value));
    return Object.entries(parameters ?? {}).filter(([, value]) => value !== undefined).map(([name, value]) => [name, text(value)]);
  }

  /** A namespace with a query, as in the CONNECT packets before revision 4. */
  function namespaceWithQuery(namespace, parameters) {
    const pairs = queryPairs(parameters).map((pair) => pair.map(encodeURIComponent).join("="));
    return namespace + (pairs.length > 0 ? "?" + pairs.join("&") : "");
  }

  /** The name of a transport in URLs of Engine.IO, where JSONP is `polling` too. */
  const carrierName = (transport) => (transport === "jsonp" ? "polling" : transport);

  /** Engine.IO 3 with Socket.IO protocol 4, the protocol of socket.io-client 1.x and 2.x. */
  const revision3 = {
    ...revision4,
    name: "3",
    connectsImplicitly: true,
    watchesAll: true,
    hasConnectPayload: false,
    namespaceID: (namespace, sid) => (namespace === "/" ? sid : `${namespace}#${sid}`),

    url: (base, transport, { sid, query }) => {
      // A script contains text only, so the server sends bytes as base64.
      const b64 = transport === "jsonp" ? { b64: 1 } : {};
      return withQuery(base, { ...query, EIO: "3", transport: carrierName(transport), ...stamp(transport), ...b64, ...(sid && { sid }) });
    },

    encodePacket: (packet) =>
      packet.type !== "connect" || packet.namespace === "/" ? revision4.encodePacket(packet)
        : ["40" + namespaceWithQuery(packet.namespace, packet.data) + ","],

    // Polling bodies: `length:packet`, with the length in UTF-16 units. If a frame is binary and the transport supports
    // binary bodies, each packet is: 0 (text) or 1, the digits of the length in bytes, 0xFF, the packet.
    encodePayload(frames, takesBinary = false) {
      if (takesBinary && frames.some((frame) => typeof frame !== "string")) return encodeBinaryPayload(frames);
      const packets = frames.map((frame) => (typeof frame === "string" ? frame : "b4" + toBase64(frame)));
      return packets.map((packet) => `${packet.length}:${packet}`).join("");
    },
    decodePayload(body) {
      if (typeof body !== "string") return decodeBinaryPayload(new Uint8Array(body));
      const frames = [];
      for (let at = 0; at < body.length; ) {
        const colon = body.indexOf(":", at);
        const length = Number(body.slice(at, colon));
        const packet = body.slice(colon + 1, colon + 1 + length);
        if (colon < 0 || !/^\d+$/.test(body.slice(at, colon)) || packet.length !== length) throw new Error("malformed payload");
        // An empty packet, `0:`, is the body of a poll without packets.
        if (length > 0) frames.push(packet.startsWith("b4") ? fromBase64(packet.slice(2)) : packet);
        at = colon + 1 + length;
      }
      return frames;
    },

    // A binary WebSocket message begins with the type of the packet.
    encodeMessage(frame) {
      if (typeof frame === "string") return frame;
      const message = new Uint8Array(frame.byteLength + 1);
      message[0] = 4;
      message.set(new Uint8Array(frame), 1);
      return message;
    },
    decodeMessage: (data) => [typeof data === "string" ? data : data.slice(1)],

    ping: "2",
  };

  function encodeBinaryPayload(frames) {
    const parts = frames.map((frame) => {
      const isText = typeof frame === "string";
      const packet = isText ? encoder.encode(frame) : revision3.encodeMessage(frame);
      return [[isText ? 0 : 1, ...String(packet.length).split("").map(Number), 0xff], packet];
    }).flat();
    const body = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) {
      body.set(part, at);
      at += part.length;
    }
    return body;
  }

  function decodeBinaryPayload(body) {
    const frames = [];
    for (let at = 0; at < body.length; ) {
      const end = body.indexOf(0xff, at);
      const digits = [...body.subarray(at + 1, end)];
      const start = end + 1;
      const length = Number(digits.join(""));
      const isMalformed = end < 0 || body[at] > 1 || digits.length === 0 || digits.some((digit) => digit > 9);
      if (isMalformed || start + length > body.length) throw new Error("malformed payload");
      const packet = body.slice(start, start + length);
      if (body[at] === 0) frames.push(decoder.decode(packet));
      else if (packet[0] === 4) frames.push(packet.slice(1).buffer);
      else throw new Error("malformed payload");
      at = start + length;
    }
    return frames;
  }

  /** The length-prefixed frames in a text; `pattern` matches the header of a frame, with the length in its group. */
  function splitFrames(text, pattern) {
    const frames = [];
    for (let at = 0; at < text.length; ) {
      pattern.lastIndex = at;
      const header = pattern.exec(text);
      if (!header) throw new Error("malformed payload");
      at = pattern.lastIndex + Number(header[1]);
      if (at > text.length) throw new Error("malformed payload");
      frames.push(text.slice(pattern.lastIndex, at));
    }
    return frames;
  }

  /** Socket.IO 0.7 to 0.9: a handshake over HTTP, then packets `type:id:endpoint:data`. */
  const revision09 = {
    name: "0.9",
    transports: ["websocket", "flashsocket", "htmlfile", "xhr-polling", "jsonp-polling"],
    connectsImplicitly: true,
    watchesAll: true,
    hasMessages: true,
    hasConnectPayload: false,
    triesAllTransports: true,
    namespaceID: (namespace, sid) => sid,

    /** The handshake; the response is `sid:heartbeat timeout:close timeout:transports`. */
    async handshake(address, transport, signal) {
      const url = address.http("", "HANDSHAKE");
      // If the transport is JSONP and the server has another origin, the handshake is a script too.
      const isByScript = transport === "jsonp-polling" && new URL(url).origin !== root.location?.origin;
      const text = await (isByScript ? handshakeByScript(url, signal) : handshakeByFetch(address, url, signal));
      const [sid, heartbeat, close, names] = text.split(":");
      // Each poll is answered within the close timeout, so the server sends no heartbeats over polling.
      const times = transport.endsWith("polling") ? [close] : [heartbeat, close];
      const seconds = Math.min(...times.map((time) => Number(time) || 60));
      return { sid, upgrades: [], pingInterval: seconds * 1000, pingTimeout: 0, transports: names ? names.split(",") : null };
    },

    url(base, transport, { sid, query, method }) {
      const path = method === "HANDSHAKE" ? "1/" : `1/${transport}/${sid}`;
      return withQuery(base + path, base.startsWith("ws") ? { ...query } : { ...query, t: Date.now() });
    },

    // A WebSocket message can contain several packets too.
    decodeMessage: (data) => revision09.decodePayload(data),

    // Several packets in one body are each U+FFFD, the length, U+FFFD, the packet; a single packet has no header.
    encodePayload: (frames) =>
      frames.length === 1 ? frames[0] : frames.map((frame) => `\ufffd${frame.length}\ufffd${frame}`).join(""),
    decodePayload(body) {
      if (body === "") return [];
      return body[0] === "\ufffd" ? splitFrames(body, /\ufffd(\d+)\ufffd/y) : [body];
    },

    form: { field: "d", encode: (payload) => JSON.stringify(payload) },
    jsonp: {
      url: (url, index) => withQuery(url, { i: index }),
      listen(index, callback) {
        // A module doesn't define this global, but the scripts of the server use it.
        ((root.io ??= io).j ??= [])[index] = callback;
      },
    },

    pong: () => "2::",
    close: "0::",

    encodePacket({ type, namespace, id, data }) {
      const endpoint = namespace === "/" ? "" : namespace;
      const number = id === undefined ? "" : `${id + 1}`;
      // An id with a plus requests an acknowledgement by the application, without a plus one by the library.
      const numberOfEvent = number && `${number}+`;
      switch (type) {
        case "connect": return [`1::${namespaceWithQuery(endpoint, endpoint && data)}`];
        case "disconnect": return [`0::${endpoint}`];
        case "message":
          if (typeof data === "object" && data !== null) return [`4:${number}:${endpoint}:${JSON.stringify(data)}`];
          return [`3:${number}:${endpoint}:${data ?? ""}`];
        case "event": {
          const [name, ...args] = data;
          return [`5:${numberOfEvent}:${endpoint}:${JSON.stringify(args.length > 0 ? { name, args } : { name })}`];
        }
        case "ack": return [`6::${endpoint}:${id}${data.length > 0 ? "+" + JSON.stringify(data) : ""}`];
      }
    },

    makeDecoder() {
      let isOpen = false;
      return {
        read(frame) {
          const match = /^([0-8])(?::(\d+)?(\+)?(?::([^:]*)(?::([^]*))?)?)?$/.exec(frame);
          // The client of 0.9 ignores malformed packets.
          if (!match) return [];
          const [, digit, number, plus, endpoint = "", data = ""] = match;
          const namespace = endpoint.replace(/\?.*$/, "") || "/";
          const packet = (type, data, id) => ({ type: "packet", data: { type, namespace, id, data } });
          const id = number !== undefined && plus ? Number(number) : undefined;
          const message = (value) => {
            const words = [packet("event", ["message", value], id)];
            // An id without a plus: the library acknowledges, not a handler.
            if (number !== undefined && !plus) words.unshift({ type: "reply", data: `6::${endpoint}:${number}` });
            return words;
          };
          switch (digit) {
            case "0": return endpoint === "" ? [{ type: "goodbye" }] : [packet("disconnect")];
            case "1": {
              const words = isOpen ? [] : [{ type: "open", data: {} }];
              isOpen = true;
              return [...words, packet("connect")];
            }
            case "2": return [{ type: "ping" }];
            case "3": return message(data);
            case "4": return message(JSON.parse(data));
            case "5": {
              const { name, args = [] } = JSON.parse(data);
              return [packet("event", [name, ...args], id)];
            }
            case "6": {
              const [, acknowledged, values] = /^(\d+)(?:\+([^]*))?$/.exec(data) ?? [];
              return [packet("ack", values ? JSON.parse(values) : [], Number(acknowledged) - 1)];
            }
            case "7": {
              const [reason, advice] = data.split("+");
              const text = ["transport not supported", "client not handshaken", "unauthorized"][reason] ?? data;
              // The advice is to reconnect.
              if (endpoint === "" && advice === "0") return [{ type: "close", data: text }];
              return endpoint === "" ? [packet("connect_error", text), { type: "close" }] : [packet("connect_error", text)];
            }
            case "8": return [{ type: "noop" }];
          }
        },
      };
    },
  };

  async function handshakeByFetch({ headers, withCredentials }, url, signal) {
    const credentials = withCredentials ? "include" : "same-origin";
    const response = await fetch(url, { headers, credentials, signal, cache: "no-store" });
    const text = await response.text();
    if (!response.ok) throw new Error(text || `status ${response.status}`);
    return text;
  }

  function handshakeByScript(url, signal) {
    return new Promise((resolve, reject) => {
      const index = lastIndex++;
      const script = document.createElement("script");
      const end = (settle) => (value) => {
        script.remove();
        revision09.jsonp.listen(index, () => {});
        settle(value);
      };
      revision09.jsonp.listen(index, (answer) => (answer instanceof Error ? end(reject)(answer) : end(resolve)(answer)));
      script.onerror = () => end(reject)(new Error("jsonp handshake error"));
      signal.addEventListener("abort", () => end(reject)(new Error("aborted")));
      whenLoaded(() => {
        if (signal.aborted) return;
        script.src = withQuery(url, { jsonp: index });
        document.head.append(script);
      });
    });
  }

  /** Socket.IO 0.6: messages `~m~length~m~body`; the first message is the session id. */
  const revision06 = {
    name: "0.6",
    transports: ["websocket", "flashsocket", "htmlfile", "xhr-multipart", "xhr-polling", "jsonp-polling"],
    connectsImplicitly: true,
    watchesAll: true,
    hasMessages: true,
    hasConnectPayload: false,
    triesAllTransports: true,
    namespaceID: (namespace, sid) => sid,

    url(base, transport, { sid, query, method }) {
      const isSocket = base.startsWith("ws");
      const time = transport === "xhr-multipart" || isSocket ? "" : `/${Date.now()}`;
      // JSONP posts to the URL of its polls.
      const path = method === "POST" && transport !== "jsonp-polling" ? `/${sid}/send` : isSocket ? "" : `/${sid ?? ""}${time}`;
      return withQuery(base + transport + path, query ?? {});
    },

    encodePayload: (frames) => frames.map((frame) => `~m~${frame.length}~m~${frame}`).join(""),
    decodePayload: (body) => splitFrames(body, /~m~(\d+)~m~/y),
    encodeMessage: (frame) => `~m~${frame.length}~m~${frame}`,
    decodeMessage: (data) => splitFrames(data, /~m~(\d+)~m~/y),
    postBody: (payload) => ({
      body: `data=${encodeURIComponent(payload)}`,
      type: "application/x-www-form-urlencoded; charset=utf-8",
    }),

    form: { field: "data", encode: (payload) => payload },
    jsonp: {
      url: (url, index) => url.replace(/(\?|$)/, `/${index}$1`),
      listen(index, callback) {
        ((root.io ??= io).JSONP ??= [])[index] = { _: callback };
      },
    },

    pong: (number) => `~h~${number}`,
    close: null,

    encodePacket({ type, data }) {
      if (type === "message") {
        return [typeof data === "object" && data !== null ? `~j~${JSON.stringify(data)}` : String(data ?? "")];
      }
      // Revision 0.6 has no events. Name and arguments are sent as a message, which an endpoint of Gust decodes as an
      // event.
      return type === "event" ? [`~j~${JSON.stringify({ name: data[0], args: data.slice(1) })}`] : [];
    },

    makeDecoder(transport = "") {
      let isOpen = false;
      const packet = (type, data) => ({ type: "packet", data: { type, namespace: "/", data } });
      const isEvent = (value) =>
        value !== null && typeof value === "object" && typeof value.name === "string" && Array.isArray(value.args);
      return {
        read(frame) {
          if (!isOpen) {
            isOpen = true;
            // The server ends a poll after 20 s and sends a heartbeat every 10 s over other transports. If no frame is
            // received for longer, the connection is lost.
            const pingInterval = transport.endsWith("polling") ? 25000 : 15000;
            const handshake = { sid: frame, upgrades: [], pingInterval, pingTimeout: 0 };
            return [{ type: "open", data: handshake }, packet("connect")];
          }
          if (frame.startsWith("~h~")) return [{ type: "ping", data: frame.slice(3) }];
          if (!frame.startsWith("~j~")) return [packet("event", ["message", frame])];
          const value = JSON.parse(frame.slice(3));
          return [packet("event", isEvent(value) ? [value.name, ...value.args] : ["message", value])];
        },
      };
    },
  };

  const revisions = { 4: revision4, 3: revision3, "0.9": revision09, 0.6: revision06 };

  // ---------------------------------------------------------------- transports

  // The arguments of a transport's constructor are an address, a revision and callbacks: `frames(list)`, `opened()`,
  // `closed(reason, details)`. A transport has `send(frames)`, `isWritable` and `whenWritable`. `close(frames)` sends
  // the last frames and the close packet of the revision; `abort()` sends nothing.

  /** Long-polling: one GET is always pending; at most one POST at a time sends the frames that have accumulated. */
  class PollingTransport {
    static transportName = "polling";
    /** Whether a body can be binary. */
    get takesBinary() {
      return true;
    }

    isWritable = true;
    whenWritable = () => {};
    #isPaused = false;
    #isClosed = false;
    #lastFrame = null;
    #poll = Promise.resolve();
    #post = Promise.resolve();
    #abortion = new AbortController();

    constructor(address, revision, callbacks) {
      this.address = address;
      this.revision = revision;
      this.callbacks = callbacks;
      this.start();
    }

    /** Begins to receive; streaming transports override it. */
    start() {
      this.#pollOnce();
    }

    send(frames) {
      this.isWritable = false;
      this.#lastFrame = frames.at(-1);
      this.#post = this.#request("POST", this.revision.encodePayload(frames, this.takesBinary)).then(
        (response) => {
          if (this.#isClosed) return;
          if (!response.ok) return this.fail("xhr post error", response.status);
          this.isWritable = true;
          this.whenWritable();
        },
        () => this.fail("xhr post error"),
      );
    }

    /** Waits for the requests in progress and starts no further poll. */
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
      // The close packet may have been sent already: in 0.9 it is also the DISCONNECT of "/".
      const isSaid = this.revision.close === null || (frames.at(-1) ?? this.#lastFrame) === this.revision.close;
      const last = isSaid ? frames : [...frames, this.revision.close];
      if (last.length === 0) return void this.#post.then(() => this.abort());
      const body = this.revision.encodePayload(last, this.takesBinary);
      // `keepalive` sends the request even if the page is closed; browsers limit such bodies to 64 KiB in total.
      const keepalive = body.length < 20000;
      const goodbye = this.#post.then(() => this.#request("POST", body, keepalive));
      goodbye.catch(() => {}).then(() => this.abort());
    }

    abort() {
      this.#isClosed = true;
      this.#abortion.abort();
    }

    get isClosed() {
      return this.#isClosed;
    }

    #pollOnce() {
      this.#poll = this.get().then(
        async ({ ok, status, body }) => {
          if (this.#isClosed) return;
          if (!ok) return this.fail("xhr poll error", status, body);
          this.callbacks.frames(this.revision.decodePayload(body));
          if (!this.#isClosed && !this.#isPaused) this.#pollOnce();
        },
      ).catch(() => this.fail("xhr poll error"));
    }

    /** One poll: the status and the payload of the response. */
    async get() {
      const response = await this.#request("GET");
      const isBinary = response.headers.get("Content-Type")?.startsWith("application/octet-stream");
      return { ok: response.ok, status: response.status, body: await (isBinary ? response.arrayBuffer() : response.text()) };
    }

    /** The response to a `GET`, whose body can be read as a stream. */
    stream() {
      return this.#request("GET");
    }

    #request(method, payload, keepalive = false) {
      if (method === "POST") return this.post(payload, keepalive);
      return this.fetch({ method });
    }

    /** Sends a payload; the promise is fulfilled with the response. */
    post(payload, keepalive) {
      const plain = typeof payload === "string" ? "text/plain;charset=UTF-8" : "application/octet-stream";
      const { body, type } = this.revision.postBody?.(payload) ?? { body: payload, type: plain };
      return this.fetch({ method: "POST", body, keepalive, type });
    }

    fetch({ method, body, type, keepalive }) {
      const headers = { ...this.address.headers };
      if (type !== undefined) headers["Content-Type"] = type;
      const credentials = this.address.withCredentials ? "include" : "same-origin";
      const signal = this.#abortion.signal;
      const url = this.address.http(this.constructor.transportName, method);
      return fetch(url, { method, body, headers, credentials, keepalive, signal, cache: "no-store" });
    }

    fail(message, status, body) {
      if (this.#isClosed) return;
      this.abort();
      this.callbacks.closed("transport error", { message, description: status, context: body });
    }
  }

  /** A WebSocket: each message is one frame. */
  class WebSocketTransport {
    static transportName = "websocket";
    static sendsBatches = false;
    isWritable = false;
    whenWritable = () => {};
    #socket;
    #isClosed = false;

    constructor(address, revision, callbacks) {
      this.revision = revision;
      this.#socket = new WebSocket(address.webSocket(this.constructor.transportName), address.protocols);
      this.#socket.binaryType = "arraybuffer";
      this.#socket.onopen = () => {
        this.isWritable = true;
        callbacks.opened?.();
      };
      this.#socket.onmessage = ({ data }) => {
        let frames;
        try {
          frames = revision.decodeMessage?.(data) ?? [data];
        } catch (error) {
          this.abort();
          return callbacks.closed("parse error", { message: String(error) });
        }
        callbacks.frames(frames);
      };
      this.#socket.onclose = (event) => {
        if (this.#isClosed) return;
        this.#isClosed = true;
        const wasOpen = this.isWritable;
        this.isWritable = false;
        callbacks.closed(wasOpen ? "transport close" : "transport error", { message: "websocket error", description: event.code });
      };
    }

    send(frames) {
      for (const frame of frames) this.#socket.send(this.revision.encodeMessage?.(frame) ?? frame);
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

  let lastIndex = 0;

  /** Calls `body` after the page has loaded: elements that are added earlier keep the loading indicator on. */
  function whenLoaded(body) {
    if (document.readyState === "complete") return body();
    root.addEventListener("load", () => setTimeout(body, 100), { once: true });
  }

  /** JSONP: the response to a poll is a script, and a hidden form posts payloads; works across origins without CORS. */
  class ScriptTransport extends PollingTransport {
    // The class declares no fields: the constructor of the base class starts the first poll before fields would be
    // initialised.
    static transportName = "jsonp";

    get takesBinary() {
      return false;
    }

    get() {
      this.index ??= lastIndex++;
      return new Promise((resolve, reject) => {
        this.revision.jsonp.listen(this.index, (body) => {
          this.script?.remove();
          resolve({ ok: true, status: 200, body: this.unquote(body) });
        });
        whenLoaded(() => {
          if (this.isClosed) return;
          const script = (this.script = document.createElement("script"));
          script.async = true;
          script.onerror = () => {
            script.remove();
            reject(new Error("jsonp poll error"));
          };
          script.src = this.revision.jsonp.url(this.address.http(this.constructor.transportName, "GET"), this.index);
          document.head.append(script);
        });
      });
    }

    /** The payload of a script's argument, which is the argument itself. */
    unquote(body) {
      return body;
    }

    post(payload) {
      const name = `socket_io_iframe_${this.index}`;
      const { field, encode } = this.revision.form;
      return new Promise((resolve) => {
        this.form?.remove();
        const form = (this.form = document.createElement("form"));
        const area = document.createElement("textarea");
        const frame = document.createElement("iframe");
        form.style.display = "none";
        form.method = "POST";
        form.acceptCharset = "utf-8";
        form.target = frame.name = name;
        form.action = this.revision.jsonp.url(this.address.http(this.constructor.transportName, "POST"), this.index);
        area.name = field;
        area.value = encode(payload);
        form.append(area, frame);
        document.body.append(form);
        // `onload` is set after `submit`, because the frame first loads its empty page and then the response.
        form.submit();
        frame.onload = () => resolve({ ok: true, status: 200 });
      });
    }

    abort() {
      super.abort();
      this.script?.remove();
      // A script that is loaded later calls an empty function.
      if (this.index !== undefined) this.revision.jsonp.listen(this.index, () => {});
    }
  }

  /** One response without end, which is split into payloads as it is received; frames are sent by POST, as in polling. */
  class StreamTransport extends PollingTransport {
    static transportName = "xhr-multipart";

    async start() {
      try {
        const response = await this.stream();
        if (!response.ok) return this.fail("xhr stream error", response.status);
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        let boundary = null;
        let text = "";
        for (;;) {
          const { value, done } = await reader.read();
          if (done) break;
          text += value;
          // The first line is the boundary, which differs between responses.
          if (boundary === null && text.includes("\n")) {
            boundary = `\n${text.slice(0, text.indexOf("\n"))}\n`;
            text = text.slice(boundary.length - 1);
          }
          if (boundary === null) continue;
          // A part is complete when the boundary behind it has been received.
          for (let end = -1; (end = text.indexOf(boundary, end + 1)) >= 0; ) {
            const frames = this.#decodePart(text.slice(0, end));
            // If a message contains such a line, the part isn't complete yet.
            if (frames === null) continue;
            text = text.slice(end + boundary.length);
            end = -1;
            this.callbacks.frames(frames);
          }
        }
        this.end();
      } catch {
        this.end();
      }
    }

    /** The frames of a part; null if the part is incomplete. */
    #decodePart(part) {
      try {
        return this.revision.decodePayload(part.slice(part.indexOf("\n\n") + 2));
      } catch {
        return null;
      }
    }

    end() {
      if (this.isClosed) return;
      this.abort();
      this.callbacks.closed("transport close", { message: "the stream has ended" });
    }
  }

  /** A page without end in a hidden frame, whose scripts call this transport; used by clients in Internet Explorer. */
  class HTMLFileTransport extends StreamTransport {
    static transportName = "htmlfile";

    start() {
      whenLoaded(() => this.isClosed || this.open());
    }

    open() {
      this.outer = document.createElement("iframe");
      this.outer.style.display = "none";
      document.body.append(this.outer);
      const { contentWindow, contentDocument } = this.outer;
      // The page calls `parent.s._(payload, document)`; its script element can be removed then.
      contentWindow.s = {
        _: (payload, page) => {
          page.currentScript?.remove();
          // In a microtask, so that an exception isn't thrown in the script of the frame.
          queueMicrotask(() => {
            if (!this.isClosed) this.callbacks.frames(this.revision.decodePayload(payload));
          });
        },
      };
      const frame = contentDocument.createElement("iframe");
      frame.onload = () => this.end();
      frame.src = this.address.http(this.constructor.transportName, "GET");
      contentDocument.body.append(frame);
    }

    abort() {
      super.abort();
      this.outer?.remove();
    }
  }

  const named = (Transport, transportName) => class extends Transport { static transportName = transportName; };

  const transports = {
    polling: PollingTransport,
    websocket: WebSocketTransport,
    jsonp: ScriptTransport,
    "xhr-polling": named(PollingTransport, "xhr-polling"),
    "jsonp-polling": named(ScriptTransport, "jsonp-polling"),
    "xhr-multipart": StreamTransport,
    htmlfile: HTMLFileTransport,
    // Flash no longer exists; on the wire this transport is a WebSocket.
    flashsocket: named(WebSocketTransport, "flashsocket"),
  };

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

  /** One connection to one server: transport, heartbeat, upgrade and reconnection, and the sockets by namespace. */
  class Manager extends Emitter {
    #state = "closed";
    #transport = null;
    #candidates = [];
    #handshaking = new AbortController();
    #address = null;
    #upgrading = null;
    #decoder = null;
    #outbox = [];
    #preparing = Promise.resolve();
    #heartbeat = null;
    #pings = null;
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
      // Each generation has its own names of transports; unknown names are ignored.
      const wanted = options?.transports ?? (this.revision === revision4 ? defaults.transports : this.revision.transports);
      this.options.transports = wanted.filter((name) => name in transports);
      if (this.options.transports.length === 0) throw new Error(`no transport among ${wanted} is known`);
      this.options.tryAllTransports ??= this.revision.triesAllTransports ?? false;
    }

    get state() {
      return this.#state;
    }

    /** The name of the transport in use, or null. */
    get transportName() {
      return this.#transport?.constructor.transportName ?? null;
    }

    /** The part of the `engine` of socket.io-client that applications use: `engine.transport.name`, `engine.id`, events. */
    get engine() {
      const face = {
        id: this.sid,
        transport: { name: this.transportName },
        readyState: this.#state,
        close: () => this.#lost("forced close", undefined, true),
      };
      for (const method of ["on", "once", "off"]) {
        face[method] = (...args) => {
          this[method](...args);
          return face;
        };
      }
      return face;
    }

    /** Whether the connection has a socket for the namespace. */
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
      this.#skipReconnect = false;
      clearTimeout(this.#reconnectTimer);
      this.#candidates = [...this.options.transports];
      this.#try();
      return this;
    }

    open() {
      return this.connect();
    }

    /** Tries the first of the remaining transports. */
    #try() {
      this.#state = "opening";
      this.sid = null;
      this.#address = this.#makeAddress();
      this.#handshaking = new AbortController();
      this.#connectTimer = setTimeout(
        () => this.#lost("transport error", { message: "timeout" }),
        this.options.timeout,
      );
      const callbacks = this.#callbacks();
      let name = this.#candidates.shift();
      const begin = (told) => {
        if (this.generation !== callbacks.generation) return;
        if (told) {
          this.told = told;
          this.#address.sid = told.sid;
          name = this.#choose(name, told.transports);
        }
        this.#decoder = this.revision.makeDecoder(name);
        this.#transport = new transports[name](this.#address, this.revision, callbacks);
        this.#transport.whenWritable = () => this.#flush();
      };
      const prepared = () => {
        if (this.generation !== callbacks.generation) return;
        if (!this.revision.handshake) return begin();
        this.revision.handshake(this.#address, name, this.#handshaking.signal).then(begin, (error) => {
          if (this.generation !== callbacks.generation) return;
          // The handshake has failed, so the other transports would fail too.
          this.#candidates = [];
          this.#lost("transport error", { message: error.message });
        });
      };
      const root = this.#sockets.get("/");
      // If CONNECT has no payload, `auth` of "/" is sent in the query of the address.
      if (this.revision.hasConnectPayload || !root?.active) return prepared();
      root.askAuth((auth) => {
        if (this.generation === callbacks.generation) this.#address.auth = auth;
        prepared();
      });
    }

    /** The transport to use: `wanted` if the server offers it, otherwise the next transport that it offers. */
    #choose(wanted, offered) {
      if (!offered || offered.includes(wanted) || !this.options.tryAllTransports) return wanted;
      this.#candidates = this.#candidates.filter((name) => offered.includes(name));
      return this.#candidates.shift() ?? wanted;
    }

    #callbacks() {
      const generation = (this.generation = {});
      const isCurrent = () => this.generation === generation;
      return {
        generation,
        frames: (frames) => {
          if (this.revision.watchesAll && isCurrent() && this.#state === "open") this.#watch();
          for (const frame of frames) if (isCurrent()) this.#receive(frame);
        },
        closed: (reason, details) => {
          if (isCurrent()) this.#lost(reason, details);
        },
      };
    }

    /** A new address for the requests of one connection; its `sid` is set after the handshake. */
    #makeAddress() {
      const { path, query, withCredentials, extraHeaders, protocols } = this.options;
      const base = new URL(path.replace(/\/$/, "") + "/", this.origin);
      const build = (transport, isSocket, method = "GET") => {
        const url = new URL(base);
        if (isSocket) url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
        const given = typeof query === "function" ? query() : query;
        const parameters = { ...given, ...Object.fromEntries(queryPairs(address.auth)) };
        return this.revision.url(url.href, transport, { sid: address.sid, query: parameters, method });
      };
      const address = {
        sid: null,
        auth: undefined,
        http: (transport, method) => build(transport, false, method),
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
      this.#startPings();
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

    // -- upgrade: the WebSocket is probed while polling still carries the frames

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
            this.fire("upgrade", { name: "websocket" });
          } else {
            // The WebSocket was closed meanwhile: polling continues.
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
      const { generation } = this;
      let words;
      try {
        words = this.#decoder.read(frame);
      } catch (error) {
        return this.#lost("parse error", { message: String(error) });
      }
      for (const word of words) {
        if (this.generation !== generation) return;
        let action;
        try {
          action = this.#read(word);
        } catch (error) {
          return this.#lost("parse error", { message: String(error) });
        }
        action?.();
      }
    }

    /** The action for an element of a frame. */
    #read({ type, data }) {
      const deliver = (packet) => packet && (() => this.#route(packet));
      switch (type) {
        case "open": {
          const handshake = typeof data === "string" ? JSON.parse(data) : data;
          return () => this.#opened({ ...handshake, ...this.told });
        }
        case "packet": return deliver(data);
        case "ping": return () => this.#pinged(data);
        case "pong": return () => this.#watch();
        case "message": return deliver(this.#decoder.message(data));
        case "binary": return deliver(this.#decoder.binary(data));
        case "reply": return () => this.#sendFrames([data]);
        case "goodbye": return () => this.#dismissed();
        case "close": return () => this.#lost("transport close", data && { message: data });
        case "error": throw new Error("unknown packet");
      }
    }

    #pinged(data) {
      this.#watch();
      this.fire("ping");
      this.#sendFrames([this.revision.pong(data)]);
    }

    /** Starts to send pings, in revisions in which the client sends them. */
    #startPings() {
      clearInterval(this.#pings);
      if (!this.revision.ping) return;
      this.#pings = setInterval(() => this.#sendFrames([this.revision.ping]), this.handshake.pingInterval);
    }

    #route(packet) {
      this.#sockets.get(packet.namespace)?.receive(packet);
    }

    /** Sends a packet; its Blobs are read first, and later packets wait for them. */
    send(packet) {
      const frames = this.revision.encodePacket(packet);
      if (frames.length === 0) return;
      if (frames.length === 1 && !this.isPreparing) return this.#sendFrames(frames);
      this.isPreparing = true;
      const { sid } = this;
      const preparation = this.#preparing.then(async () => {
        const ready = await Promise.all([frames[0], ...frames.slice(1).map(bytesOf)]);
        // If the connection has been replaced while the Blobs were read, the packet is dropped.
        if (this.#state === "open" && this.sid === sid) this.#sendFrames(ready);
      }).catch((error) => guarded(() => { throw error; }));
      this.#preparing = preparation;
      preparation.finally(() => {
        if (this.#preparing === preparation) this.isPreparing = false;
      });
    }

    /** Whether a packet would be sent at once. */
    get isWritable() {
      return this.#state === "open" && !this.isPausing && this.#transport.isWritable && this.#outbox.length === 0;
    }

    #sendFrames(frames) {
      this.#outbox.push(...frames);
      this.#flush();
    }

    #flush() {
      if (this.#state !== "open" || this.isPausing || !this.#transport.isWritable || this.#outbox.length === 0) return;
      if (this.#transport.constructor.sendsBatches === false) return this.#transport.send(this.#outbox.splice(0));
      // A payload must not exceed the `maxPayload` of the server.
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

    // -- heartbeat: if nothing is received for the interval and the timeout, the connection is lost

    #watch() {
      clearTimeout(this.#heartbeat);
      const { pingInterval, pingTimeout } = this.handshake;
      this.#heartbeat = setTimeout(() => this.#lost("ping timeout"), pingInterval + pingTimeout);
    }

    // -- ends

    #offline = () => this.#lost("transport close", { message: "network connection lost" });

    /** Closes the connection without reconnecting; its sockets can connect again. */
    disconnect() {
      this.#skipReconnect = true;
      clearTimeout(this.#reconnectTimer);
      this.#attempts = 0;
      if (this.#state !== "closed") this.#end("forced close", undefined, true);
    }

    /** Called when a socket has left its namespace; closes the connection if no socket is active. */
    socketLeft() {
      if ([...this.#sockets.values()].some((socket) => socket.active)) return;
      this.disconnect();
    }

    /** Called when the server has ended the connection with all its namespaces: the client doesn't reconnect. */
    #dismissed() {
      this.#skipReconnect = true;
      for (const socket of this.#sockets.values()) socket.active = false;
      this.#end("io server disconnect", undefined, false);
    }

    #lost(reason, details, isPolite = reason === "parse error") {
      if (this.#state === "closed") return;
      const wasOpening = this.#state === "opening";
      if (wasOpening && this.options.tryAllTransports && this.#candidates.length > 0) {
        this.#release(false);
        return this.#try();
      }
      this.#end(reason, details, isPolite);
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
      this.#release(isPolite);
      this.fire("close", reason, details);
      for (const socket of this.#sockets.values()) socket.managerClosed(reason, details);
    }

    /** Releases the timers and transports of the current connection. */
    #release(isPolite) {
      this.#state = "closed";
      this.generation = {};
      this.#handshaking.abort();
      clearTimeout(this.#connectTimer);
      clearTimeout(this.#heartbeat);
      clearInterval(this.#pings);
      this.told = undefined;
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

  /** One namespace of a connection; applications use this class. */
  class Socket extends Emitter {
    connected = false;
    /** Whether the socket is connected, or will connect when the connection is open. */
    active = false;
    id = undefined;
    /** Whether the server has restored the state of the previous connection, including missed packets. */
    recovered = false;
    #sendBuffer = [];
    #receiveBuffer = [];
    #acks = new Map();
    #nextID = 0;
    #catchAll = [];
    #catchAllOutgoing = [];
    #flags = {};
    #recovery = {};

    constructor(manager, namespace, options = {}) {
      super();
      this.io = manager;
      this.nsp = namespace;
      this.auth = options.auth;
      this.ackTimeout = options.ackTimeout;
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
      const answered = typeof args.at(-1) === "function" ? args.pop() : undefined;
      return this.#dispatch({ type: "event", namespace: this.nsp, data: [name, ...args] }, answered);
    }

    /** Sends a message; in revisions without messages, the event `message`. */
    send(...args) {
      if (!this.io.revision.hasMessages) return this.emit("message", ...args);
      const answered = args.length > 1 && typeof args.at(-1) === "function" ? args.pop() : undefined;
      return this.#dispatch({ type: "message", namespace: this.nsp, data: args[0] }, answered);
    }

    /** Sends an event; the promise is fulfilled with the acknowledgement, or rejected if the connection is lost. */
    emitWithAck(name, ...args) {
      return new Promise((resolve, reject) => {
        const answered = (error, answer) => (error ? reject(error) : resolve(answer));
        answered.takesError = true;
        this.emit(name, ...args, answered);
      });
    }

    #dispatch(packet, answered) {
      const { volatile: isVolatile, timeout = this.ackTimeout } = this.#flags;
      this.#flags = {};
      if (answered) packet.id = this.#expectAck(answered, timeout);
      if (isVolatile && !(this.connected && this.io.isWritable)) return this;
      if (this.connected) this.#deliver(packet);
      else this.#sendBuffer.push(packet);
      return this;
    }

    #deliver(packet) {
      const args = packet.type === "event" ? packet.data : ["message", packet.data];
      for (const handler of [...this.#catchAllOutgoing]) guarded(() => handler(...args));
      this.io.send(packet);
    }

    /** Sets the timeout of the acknowledgement of the next event; after it, the callback is called with an error. */
    timeout(milliseconds) {
      this.#flags.timeout = milliseconds;
      return this;
    }

    /** The next event is dropped if it can't be sent at once. */
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
        const { takesError } = callback;
        this.#acks.set(id, takesError ? { answered: (...answer) => callback(null, ...answer), failed: callback } : { answered: callback });
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

    prependAny(handler) {
      this.#catchAll.unshift(handler);
      return this;
    }

    offAny(handler) {
      this.#catchAll = handler ? this.#catchAll.filter((h) => h !== handler) : [];
      return this;
    }

    listenersAny() {
      return [...this.#catchAll];
    }

    /** Calls `handler` with each event that is sent. */
    onAnyOutgoing(handler) {
      this.#catchAllOutgoing.push(handler);
      return this;
    }

    offAnyOutgoing(handler) {
      this.#catchAllOutgoing = handler ? this.#catchAllOutgoing.filter((h) => h !== handler) : [];
      return this;
    }

    receive(packet) {
      switch (packet.type) {
        case "connect": {
          const id = this.io.revision.namespaceID(this.nsp, this.io.sid, packet.data?.sid);
          return this.active ? this.#entered(id, packet.data?.pid) : undefined;
        }
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
          const { data } = packet;
          const isValue = typeof data !== "string" && typeof data?.message !== "string";
          // Before revision 4 the payload can be the data of the error without a message.
          const error = new Error(isValue ? "refused" : data.message ?? data);
          error.data = isValue ? data : data.data;
          this.fire("connect_error", error);
          return this.io.socketLeft();
        }
      }
    }

    #event(packet) {
      // Events before the response to CONNECT were missed since the previous connection; they are delivered after it.
      if (!this.connected) return this.active ? void this.#receiveBuffer.push(packet) : undefined;
      const { id, data } = packet;
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
      // A server with connection state recovery appends an offset to each event.
      if (this.#recovery.pid !== undefined && typeof data.at(-1) === "string") this.#recovery.offset = data.at(-1);
    }

    #entered(sid, pid) {
      this.recovered = pid !== undefined && pid === this.#recovery.pid;
      if (!this.recovered) this.#recovery = pid === undefined ? {} : { pid };
      this.id = sid;
      this.connected = true;
      for (const packet of this.#receiveBuffer.splice(0)) this.#event(packet);
      for (const packet of this.#sendBuffer.splice(0)) this.#deliver(packet);
      this.fire("connect");
    }

    // -- events of the connection

    managerOpened() {
      if (!this.active || (this.io.revision.connectsImplicitly && this.nsp === "/")) return;
      const { sid } = this.io;
      const send = (auth) => {
        // `auth` may be asynchronous: the connection may have been replaced meanwhile.
        if (this.active && !this.connected && this.io.sid === sid) {
          this.io.send({ type: "connect", namespace: this.nsp, data: auth });
        }
      };
      this.askAuth((auth) => send(this.#recovery.pid === undefined ? auth : { ...auth, ...this.#recovery }));
    }

    /** Passes the value of `auth` to `callback`. */
    askAuth(callback) {
      if (typeof this.auth === "function") this.auth(callback);
      else callback(this.auth);
    }

    managerClosed(reason, details) {
      this.#receiveBuffer = [];
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
        // An event that hasn't been sent yet will be sent after a reconnect, so its acknowledgement is kept.
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
   * Sockets of one server share one connection, unless `forceNew` or `multiplex: false` is set.
   */
  function io(address, options) {
    if (typeof address === "object" && address !== null) [address, options] = [undefined, address];
    const settings = { ...defaults, ...options };
    if (!options?.transports) delete settings.transports;
    const here = typeof location === "undefined" ? "http://localhost" : location.href;
    const url = new URL(address ?? "/", here);
    const namespace = url.pathname;
    if (url.search) settings.query = { ...Object.fromEntries(url.searchParams), ...settings.query };
    const origin = url.origin.replace(/^ws/, "http");
    const key = `${origin}${settings.path} ${settings.revision}`;
    let manager = managers.get(key);
    // A connection has one socket for each namespace, so a second socket for a namespace needs another connection.
    const isShared = settings.multiplex && !settings.forceNew && !manager?.has(namespace);
    if (!manager || !isShared) {
      manager = new Manager(origin, settings);
      if (isShared) managers.set(key, manager);
    }
    const socket = manager.socket(namespace, settings);
    if (settings.autoConnect) socket.connect();
    return socket;
  }

  // ---------------------------------------------------------------- the client of 2010

  const legacyDefaults = {
    secure: false,
    resource: "socket.io",
    transports: revision06.transports,
    connectTimeout: 5000,
    tryTransportsOnConnectTimeout: true,
    reconnect: true,
    reconnectionDelay: 500,
    maxReconnectionAttempts: 10,
  };

  /**
   * The interface of client 0.6.3: `new io.Socket(host, { port, resource, transports, … })`, `connect`, `send`,
   * `disconnect`, `on`.
   *
   * The transports are tried in order until one connects in time. A lost connection is reopened with the same
   * transport, with twice the delay at each attempt, and at the last attempt with all transports.
   */
  class LegacySocket extends Emitter {
    connected = false;
    connecting = false;
    transport = null;
    #queue = [];
    #client = null;
    #timer = null;
    #attempts = 0;
    #wasTold = false;

    constructor(host, options) {
      super();
      this.options = { ...legacyDefaults, ...options };
      const here = typeof location === "undefined" ? new URL("http://localhost") : location;
      this.host = host ?? here.hostname;
      this.port = this.options.port ?? (here.port || (this.options.secure ? 443 : 80));
      if (this.options.transports.length === 0) throw new Error("no transport to try");
    }

    connect() {
      if (this.connected || this.connecting) return this;
      this.#wasTold = false;
      this.#try(this.options.transports);
      return this;
    }

    /** Sends text, an object as JSON, or the elements of an array one by one; they wait until the socket is connected. */
    send(data) {
      const messages = Array.isArray(data) ? data : [data];
      if (this.connected) for (const message of messages) this.#client.send(message);
      else this.#queue.push(...messages);
      return this;
    }

    disconnect() {
      this.#wasTold = true;
      clearTimeout(this.#timer);
      this.#attempts = 0;
      this.connecting = false;
      const client = this.#client;
      this.#client = null;
      client?.off();
      client?.disconnect();
      this.#left();
      return this;
    }

    addEvent(name, handler) {
      return this.on(name, handler);
    }

    removeEvent(name, handler) {
      return this.off(name, handler);
    }

    /** Tries the first transport, and after a failure the others. */
    #try([name, ...others]) {
      this.connecting = true;
      this.fire("connecting", name);
      const { secure, resource, connectTimeout } = this.options;
      const client = (this.#client = io(`${secure ? "https" : "http"}://${this.host}:${this.port}/`, {
        revision: "0.6",
        path: `/${resource}`,
        transports: [name],
        forceNew: true,
        reconnection: false,
        timeout: connectTimeout || 2 ** 31 - 1,
        query: this.options.query,
      }));
      client.on("connect", () => this.#entered(client, name));
      client.on("message", (message) => this.fire("message", message));
      client.onAny((event, ...args) => {
        // On the wire the event was a message with `name` and `args`.
        if (event !== "message") this.fire("message", { name: event, args });
      });
      client.on("disconnect", () => this.#lost(client));
      client.on("connect_error", () => {
        if (this.#client !== client) return;
        this.connecting = false;
        if (others.length > 0 && this.options.tryTransportsOnConnectTimeout) return this.#try(others);
        if (this.#attempts > 0) return this.#again();
        this.fire("connect_failed");
      });
    }

    #entered(client, name) {
      if (this.#client !== client) return client.disconnect();
      this.connecting = false;
      this.connected = true;
      this.transport = { type: name, sessionid: client.id, connected: true };
      const attempts = this.#attempts;
      this.#attempts = 0;
      for (const message of this.#queue.splice(0)) client.send(message);
      if (attempts > 0) this.fire("reconnect", name, attempts);
      this.fire("connect");
    }

    #lost(client) {
      if (this.#client !== client) return;
      this.#client = null;
      const name = this.transport?.type;
      this.#left();
      if (this.options.reconnect && !this.#wasTold) this.#again(name);
    }

    #left() {
      if (!this.connected) return;
      this.connected = false;
      this.transport = null;
      this.fire("disconnect");
      this.fire("close");
    }

    #again(name) {
      this.lastTransport = name ?? this.lastTransport;
      const { reconnectionDelay, maxReconnectionAttempts, transports: all } = this.options;
      if (this.#attempts > maxReconnectionAttempts) {
        this.#attempts = 0;
        return this.fire("reconnect_failed");
      }
      const delay = reconnectionDelay * 2 ** this.#attempts;
      this.#attempts += 1;
      this.fire("reconnecting", delay, this.#attempts);
      // The last attempt tries all transports.
      const names = this.#attempts > maxReconnectionAttempts ? all : [this.lastTransport ?? all[0]];
      this.#timer = setTimeout(() => this.#try(names), delay);
    }
  }

  return Object.assign(io, {
    io, connect: io, Manager, Socket: LegacySocket, NamespaceSocket: Socket, revisions, transports, protocol: 5,
  });
});
