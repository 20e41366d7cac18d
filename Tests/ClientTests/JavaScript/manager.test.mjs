import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, Fake, io } from "./fake.mjs";
import { holdTimers } from "./timers.mjs";

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Collects the reasons of the disconnect events of a socket. */
function ends(socket) {
  const reasons = [];
  socket.on("disconnect", (reason) => reasons.push(reason));
  return reasons;
}

test("the address has path, query and sid", () => {
  const { socket, server } = connect({ path: "/live/lobby/", query: { a: "1 2" } });
  const address = server.address.http("polling");
  assert.match(address, /^http:\/\/example\.com\/live\/lobby\/\?a=1\+2&EIO=4&transport=polling&t=[a-z0-9.]+$/);
  // The server knows a request that the browser repeats by its `t`.
  assert.notEqual(server.address.http("polling"), address);
  server.open({ sid: "xyz" });
  assert.equal(server.address.webSocket("websocket"), "ws://example.com/live/lobby/?a=1+2&EIO=4&transport=websocket&sid=xyz");
  socket.disconnect();
});

test("a ping is answered, and without a ping in time the connection is closed", (t) => {
  const clock = holdTimers(t);
  const { socket, server } = connect({ reconnection: false });
  const reasons = ends(socket);
  server.admit({ pingInterval: 100, pingTimeout: 50 });
  clock.tick(149);
  server.receive("2");
  assert.deepEqual(server.sent, ["3"]);
  clock.tick(149);
  assert.deepEqual(reasons, []);
  clock.tick(1);
  assert.deepEqual(reasons, ["ping timeout"]);
  assert.equal(server.isAborted, true);
});

test("the reconnection delay doubles up to a bound, and is reset by a success", (t) => {
  const clock = holdTimers(t);
  t.mock.method(Math, "random", () => 0.5);
  const { socket, server } = connect();
  const attempts = [];
  socket.io.on("reconnect_attempt", (attempt) => attempts.push(attempt));
  server.admit();
  server.callbacks.closed("transport close");
  for (const delay of [1000, 2000, 4000, 5000, 5000]) {
    const count = Fake.all.length;
    clock.tick(delay - 1);
    assert.equal(Fake.all.length, count, `nothing before ${delay} ms`);
    clock.tick(1);
    assert.equal(Fake.all.length, count + 1, `another attempt after ${delay} ms`);
    Fake.last.callbacks.closed("transport error", { message: "refused" });
  }
  assert.deepEqual(attempts, [1, 2, 3, 4, 5]);
  clock.tick(5000);
  let count = null;
  socket.io.on("reconnect", (attempt) => { count = attempt; });
  Fake.last.admit();
  assert.equal(count, 6);
  assert.equal(socket.connected, true);
  Fake.last.callbacks.closed("transport close");
  const before = Fake.all.length;
  clock.tick(1000);
  assert.equal(Fake.all.length, before + 1);
  socket.disconnect();
});

test("the jitter of the reconnection delay is within randomizationFactor", (t) => {
  const clock = holdTimers(t);
  for (const [random, delay] of [[0, 500], [0.999999, 1500]]) {
    t.mock.method(Math, "random", () => random);
    const { socket, server } = connect();
    server.admit();
    server.callbacks.closed("transport close");
    const count = Fake.all.length;
    clock.tick(delay - 1);
    assert.equal(Fake.all.length, count);
    clock.tick(1);
    assert.equal(Fake.all.length, count + 1);
    socket.disconnect();
  }
});

test("after the last attempt reconnect_failed is fired", (t) => {
  const clock = holdTimers(t);
  const { socket } = connect({ reconnectionAttempts: 2 });
  const errors = [];
  let isOver = false;
  socket.on("connect_error", (error) => errors.push(error.message));
  socket.io.on("reconnect_failed", () => { isOver = true; });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    assert.equal(isOver, false);
    Fake.last.callbacks.closed("transport error", { message: "refused" });
    clock.tick(5000);
  }
  assert.equal(isOver, true);
  assert.deepEqual(errors, ["refused", "refused", "refused"]);
});

test("without a handshake in time the attempt fails", (t) => {
  const clock = holdTimers(t);
  const { socket, server } = connect({ timeout: 300, reconnection: false });
  const errors = [];
  socket.on("connect_error", (error) => errors.push(error.message));
  clock.tick(300);
  assert.deepEqual(errors, ["timeout"]);
  assert.equal(server.isAborted, true);
});

test("each disconnect has its reason, and only some reasons lead to a reconnect", (t) => {
  const clock = holdTimers(t);
  const cases = [
    ["io server disconnect", false, (server) => server.receive("41")],
    ["io client disconnect", false, (_, socket) => socket.disconnect()],
    ["transport close", true, (server) => server.receive("1")],
    ["transport error", true, (server) => server.callbacks.closed("transport error", {})],
    ["parse error", true, (server) => server.receive("9")],
    ["parse error", true, (server) => server.receive('42{"no":"array"}')],
  ];
  for (const [reason, reconnects, end] of cases) {
    const { socket, server } = connect();
    const reasons = ends(socket);
    server.admit();
    end(server, socket);
    assert.deepEqual(reasons, [reason]);
    assert.equal(socket.id, undefined);
    const count = Fake.all.length;
    clock.tick(5000);
    assert.equal(Fake.all.length, count + (reconnects ? 1 : 0), reason);
    socket.disconnect();
  }
});

test("a polling payload is at most maxPayload bytes", () => {
  class Polling extends Fake {
    static transportName = "polling";
  }
  io.transports.slow = Polling;
  const { socket, server } = connect({ transports: ["slow"] });
  server.admit({ maxPayload: 30 });
  server.isWritable = false;
  for (const text of ["ä".repeat(5), "b".repeat(5), "c".repeat(40), "d"]) socket.emit(text);
  server.isWritable = true;
  while (server.batches.flat().length < 4) server.whenWritable();
  // 42["äääää"] has 16 bytes and a separator; 42["bbbbb"] has 11 and a separator: 29 together.
  assert.deepEqual(server.batches.map((batch) => batch.length), [2, 1, 1]);
  socket.disconnect();
});

/** Makes a polling connection that has begun to upgrade; returns both transports. */
function upgrading() {
  class Polling extends Fake {
    static transportName = "polling";
  }
  class WebSocket extends Fake {
    static transportName = "websocket";
  }
  io.transports.slow = Polling;
  io.transports.websocket = WebSocket;
  const { socket, server } = connect({ transports: ["slow", "websocket"] });
  server.admit({ upgrades: ["websocket"] });
  const fast = Fake.last;
  fast.callbacks.opened();
  assert.deepEqual(fast.sent, ["2probe"]);
  return { socket, slow: server, fast };
}

test("packets are sent by polling until the probe of the WebSocket is answered", async () => {
  const { socket, slow, fast } = upgrading();
  socket.emit("a");
  assert.deepEqual(slow.sent, ['42["a"]']);
  let release;
  slow.pausing = new Promise((resolve) => { release = resolve; });
  fast.receive("3probe");
  socket.emit("b");
  assert.deepEqual(slow.sent, ['42["a"]'], "nothing is sent while polling ends");
  const heard = [];
  socket.on("x", (value) => heard.push(value));
  slow.receive('42["x",1]');
  release();
  await settle();
  assert.deepEqual(fast.sent, ["2probe", "5", '42["b"]']);
  fast.receive('42["x",2]');
  assert.deepEqual(heard, [1, 2]);
  assert.equal(socket.io.transportName, "websocket");
  socket.disconnect();
  assert.deepEqual(fast.sent.slice(3), ["41"]);
});

test("polling continues when the WebSocket is closed during the upgrade", async () => {
  const { socket, slow, fast } = upgrading();
  let release;
  slow.pausing = new Promise((resolve) => { release = resolve; });
  fast.receive("3probe");
  fast.callbacks.closed("transport close", {});
  socket.emit("b");
  release();
  await settle();
  assert.equal(slow.isPaused, false);
  assert.deepEqual(slow.sent, ['42["b"]']);
  assert.equal(socket.connected, true);
  socket.disconnect();
});

test("polling continues when the answer to the probe is invalid", () => {
  const { socket, slow, fast } = upgrading();
  fast.receive("3nonsense");
  assert.equal(fast.isAborted, true);
  socket.emit("b");
  assert.deepEqual(slow.sent, ['42["b"]']);
  socket.disconnect();
});
