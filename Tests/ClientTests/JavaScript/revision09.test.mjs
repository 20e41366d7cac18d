// The rules of Socket.IO 0.9: handshake, acknowledgements by the library, final disconnects, transports that the server offers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect as connectFake, Fake, io } from "./fake.mjs";
import { holdTimers } from "./timers.mjs";

const settle = async () => {
  for (let round = 0; round < 10; round += 1) await new Promise((resolve) => setImmediate(resolve));
};

class WebSocketOf09 extends Fake {
  static transportName = "websocket";
}
class PollsOf09 extends Fake {
  static transportName = "xhr-polling";
}
Object.assign(io.transports, { websocket: WebSocketOf09, "xhr-polling": PollsOf09 });

/** Makes a socket and answers its handshake; returns the socket and its transport. */
async function connect(t, { handshake = "abc:60:60:websocket,xhr-polling", ...options } = {}) {
  const asked = t.mock.method(globalThis, "fetch", async () => new Response(handshake)).mock;
  const { socket } = connectFake({ revision: "0.9", transports: ["websocket"], ...options });
  await settle();
  return { socket, server: Fake.last, asked };
}

test("the query of the handshake has the query option and the auth of /, and its response has the sid", async (t) => {
  const { socket, server, asked } = await connect(t, { query: { a: 1 }, auth: { token: "x" } });
  assert.match(asked.calls[0].arguments[0], /^http:\/\/example\.com\/socket\.io\/1\/\?a=1&token=x&t=\d+$/);
  assert.equal(server.address.webSocket("websocket"), "ws://example.com/socket.io/1/websocket/abc?a=1&token=x");
  server.receive("1::");
  assert.equal(socket.connected, true);
  socket.disconnect();
});

test("a refused handshake is a connect_error with the text of the server", async (t) => {
  t.mock.method(globalThis, "fetch", async () => new Response("handshake unauthorized", { status: 403 }));
  const { socket } = connectFake({ revision: "0.9", transports: ["websocket"], reconnection: false });
  const errors = [];
  socket.on("connect_error", (error) => errors.push(error.message));
  await settle();
  assert.deepEqual(errors, ["handshake unauthorized"]);
});

test("an id without a plus is acknowledged by the library, before a handler is called", async (t) => {
  const { socket, server } = await connect(t);
  server.receive("1::");
  const heard = [];
  socket.on("message", (value, answer) => heard.push([value, typeof answer, server.sent.length]));
  server.receive("3:1::hi", '4:2::{"a":1}', "3:::silent", "3:3+::ask");
  assert.deepEqual(server.sent, ["6:::1", "6:::2"]);
  assert.deepEqual(heard, [["hi", "undefined", 1], [{ a: 1 }, "undefined", 2], ["silent", "undefined", 2], ["ask", "function", 2]]);
  socket.disconnect();
});

test("an event without a plus is not acknowledged; an acknowledgement can be empty", async (t) => {
  const { socket, server } = await connect(t);
  server.receive("1::");
  socket.on("x", (answer) => answer?.());
  socket.on("y", (answer) => answer(1, "☃"));
  server.receive('5:4::{"name":"x"}', '5:5+::{"name":"x"}', '5:6+::{"name":"y","args":[]}');
  assert.deepEqual(server.sent, ["6:::5", '6:::6+[1,"☃"]']);
  socket.disconnect();
});

test("a message requests an acknowledgement by the library, an event one by the application", async (t) => {
  const { socket, server } = await connect(t);
  server.receive("1::");
  const acknowledged = [];
  socket.send("hi", () => acknowledged.push("hi"));
  socket.send({ a: 1 }, () => acknowledged.push("a"));
  socket.emit("x", (value) => acknowledged.push(value));
  assert.deepEqual(server.sent, ["3:1::hi", '4:2::{"a":1}', '5:3+::{"name":"x"}']);
  server.receive("6:::1", "6:::2", "6:::3+[7]", "6:::3+[8]");
  assert.deepEqual(acknowledged, ["hi", "a", 7]);
  socket.disconnect();
});

test("an endpoint is joined with its query", async (t) => {
  const { socket, server } = await connect(t);
  const chat = socket.io.socket("/chat", { auth: { token: "a:b" } });
  chat.connect();
  server.receive("1::", "1::/chat");
  assert.deepEqual(server.sent, ["1::/chat?token=a%3Ab"]);
  assert.equal(chat.connected, true);
  chat.disconnect();
  assert.equal(server.sent[1], "0::/chat");
  socket.disconnect();
});

test("0:: ends all endpoints without a reconnect, and is not answered", async (t) => {
  const { socket, server } = await connect(t);
  const chat = socket.io.socket("/chat", {});
  chat.connect();
  server.receive("1::", "1::/chat");
  const reasons = [];
  socket.on("disconnect", (reason) => reasons.push(reason));
  chat.on("disconnect", (reason) => reasons.push(reason));
  server.sent = [];
  server.receive("0::");
  assert.deepEqual(reasons, ["io server disconnect", "io server disconnect"]);
  assert.deepEqual([socket.active, chat.active, server.isAborted, server.goodbye], [false, false, true, undefined]);
  assert.deepEqual(server.sent, []);
});

test("the error for an unknown session leads to a new handshake", async (t) => {
  const { socket, server, asked } = await connect(t, { reconnectionDelay: 0 });
  const errors = [];
  socket.on("connect_error", (error) => errors.push(error.message));
  server.receive("7:::1+0");
  assert.deepEqual(errors, ["client not handshaken"]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await settle();
  assert.equal(asked.callCount(), 2);
  Fake.last.receive("1::");
  assert.equal(socket.connected, true);
  socket.disconnect();
});

test("malformed packets are ignored; a single digit is a packet", async (t) => {
  const { socket, server } = await connect(t);
  server.receive("1::", "", "9::", "x", "2", "0::/nowhere");
  assert.equal(socket.connected, true);
  assert.deepEqual(server.sent, ["2::"]);
  server.receive("0");
  assert.equal(socket.connected, false);
});

test("only transports that the server offers are used, and the next one when one fails", async (t) => {
  const options = { transports: ["websocket", "xhr-polling"] };
  const first = await connect(t, { ...options, handshake: "abc:60:60:xhr-polling" });
  assert.equal(first.socket.io.transportName, "xhr-polling");
  first.socket.disconnect();
  const { socket, server } = await connect(t, options);
  const errors = [];
  socket.on("connect_error", (error) => errors.push(error));
  assert.equal(socket.io.transportName, "websocket");
  server.callbacks.closed("transport error", { message: "refused" });
  await settle();
  assert.equal(socket.io.transportName, "xhr-polling");
  Fake.last.receive("1::");
  assert.deepEqual([socket.connected, errors], [true, []]);
  socket.disconnect();
});

test("a WebSocket is lost after the heartbeat timeout, polling after the close timeout", async (t) => {
  const clock = holdTimers(t);
  for (const [transport, milliseconds] of [["websocket", 15000], ["xhr-polling", 25000]]) {
    const { socket, server } = await connect(t, { transports: [transport], handshake: "abc:15:25:", reconnection: false });
    server.receive("1::");
    clock.tick(milliseconds - 1);
    assert.equal(socket.connected, true, transport);
    clock.tick(1);
    assert.equal(socket.connected, false, transport);
  }
});

test("with JSONP to another origin, the handshake is a script", async (t) => {
  const scripts = [];
  const element = () => ({ remove() { this.isGone = true; } });
  t.mock.method(globalThis, "fetch", () => assert.fail("no other request may be made"));
  globalThis.document = { readyState: "complete", createElement: element, head: { append: (script) => scripts.push(script) } };
  t.after(() => delete globalThis.document);
  io.transports["jsonp-polling"] = class extends Fake {
    static transportName = "jsonp-polling";
  };
  const { socket } = connectFake({ revision: "0.9", transports: ["jsonp-polling"], reconnection: false });
  await settle();
  const index = /\/socket\.io\/1\/\?t=\d+&jsonp=(\d+)$/.exec(scripts[0].src)[1];
  io.j[index]("abc:60:60:jsonp-polling");
  await settle();
  assert.equal(scripts[0].isGone, true);
  Fake.last.receive("1::");
  assert.deepEqual([socket.connected, socket.id], [true, "abc"]);
  socket.disconnect();

  const refused = connectFake({ revision: "0.9", transports: ["jsonp-polling"], reconnection: false }).socket;
  const errors = [];
  refused.on("connect_error", (error) => errors.push(error.message));
  await settle();
  io.j[/jsonp=(\d+)$/.exec(scripts[1].src)[1]](new Error("handshake unauthorized"));
  await settle();
  assert.deepEqual(errors, ["handshake unauthorized"]);
});
