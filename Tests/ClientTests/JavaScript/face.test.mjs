// The interface of socket.io-client that applications use.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, Fake, io } from "./fake.mjs";
import { holdTimers } from "./timers.mjs";

test("missed events are delivered, and queued events are sent, before the connect handlers are called", () => {
  const { socket, server } = connect();
  const order = [];
  socket.on("x", (value) => order.push(`x ${value}`));
  socket.on("connect", () => socket.emit("third"));
  socket.emit("first");
  socket.emit("second");
  server.open();
  server.receive('42["x",1]');
  assert.deepEqual(order, []);
  server.receive('40{"sid":"abc"}');
  assert.deepEqual(order, ["x 1"]);
  assert.deepEqual(server.sent.slice(1), ['42["first"]', '42["second"]', '42["third"]']);
  socket.disconnect();
  server.receive('42["x",2]');
  assert.deepEqual(order, ["x 1"]);
});

test("a reconnecting client sends its recovery id and its last offset", () => {
  const { socket, server } = connect({ auth: { token: "x" } });
  server.open();
  server.receive('40{"sid":"abc","pid":"p"}', '42["x","o1"]', '42["x","o2"]', '42["y",7]');
  assert.equal(socket.recovered, false);
  server.callbacks.closed("transport close");
  socket.io.connect();
  Fake.last.open();
  assert.deepEqual(Fake.last.sent, ['40{"token":"x","pid":"p","offset":"o2"}']);
  Fake.last.receive('40{"sid":"abc","pid":"p"}');
  assert.equal(socket.recovered, true);
  Fake.last.callbacks.closed("transport close");
  socket.io.connect();
  Fake.last.open();
  Fake.last.receive('40{"sid":"def","pid":"q"}');
  assert.deepEqual([socket.recovered, socket.id], [false, "def"]);
  socket.disconnect();
});

test("emitWithAck is rejected when the connection is lost, also without a timeout", async () => {
  const { socket, server } = connect({ reconnection: false });
  server.admit();
  const answer = socket.emitWithAck("x");
  server.callbacks.closed("transport close");
  await assert.rejects(answer, /disconnected/);
});

test("the option ackTimeout sets the timeout of all acknowledgements", async (t) => {
  const clock = holdTimers(t);
  const { socket, server } = connect({ ackTimeout: 100 });
  server.admit();
  const answers = [];
  socket.emit("x", (error, value) => answers.push([error, value]));
  socket.emit("y", (error) => answers.push(error.message));
  server.receive("430[5]");
  clock.tick(100);
  assert.deepEqual(answers, [[null, 5], "operation has timed out"]);
  socket.disconnect();
});

test("onAnyOutgoing and onAny handlers are called in order", () => {
  const { socket, server } = connect();
  const seen = [];
  const watch = (...args) => seen.push(args);
  socket.onAnyOutgoing(watch);
  socket.onAny((name) => seen.push(`any ${name}`));
  socket.prependAny((name) => seen.push(`first ${name}`));
  socket.emit("early", 1);
  server.admit();
  socket.emit("late");
  server.receive('42["x"]');
  socket.offAnyOutgoing(watch);
  socket.emit("unseen");
  assert.deepEqual(seen, [["early", 1], ["late"], "first x", "any x"]);
  assert.equal(socket.listenersAny().length, 2);
  socket.disconnect();
});

test("handlers can be registered by the method names of earlier clients", () => {
  const { socket, server } = connect();
  server.admit();
  const heard = [];
  const handler = (value) => heard.push(value);
  socket.addEventListener("x", handler);
  assert.equal(socket.hasListeners("x"), true);
  server.receive('42["x",1]');
  socket.removeListener("x", handler);
  server.receive('42["x",2]');
  socket.on("x", handler).removeAllListeners("x");
  server.receive('42["x",3]');
  assert.deepEqual(heard, [1]);
  socket.disconnect();
});

test("engine has the name of the transport, and after engine.close the client reconnects", (t) => {
  const clock = holdTimers(t);
  const { socket, server } = connect();
  server.admit();
  assert.deepEqual([socket.io.engine.transport.name, socket.io.engine.id], ["fake", socket.io.sid]);
  const reasons = [];
  socket.on("disconnect", (reason) => reasons.push(reason));
  socket.io.engine.close();
  assert.deepEqual([reasons, server.goodbye], [["forced close"], []]);
  const count = Fake.all.length;
  clock.tick(1500);
  assert.equal(Fake.all.length, count + 1, "it reconnects");
  socket.disconnect();
});

test("unknown transports are ignored, and a list without a known transport is an error", () => {
  const { socket } = connect({ transports: ["webtransport", "fake"] });
  assert.equal(socket.io.transportName, "fake");
  socket.disconnect();
  assert.throws(() => io("http://example.com", { transports: ["pigeon"], forceNew: true }), /pigeon/);
});

test("with tryAllTransports, connect_error is fired only after the last transport has failed", () => {
  class Second extends Fake {
    static transportName = "second";
  }
  io.transports.second = Second;
  const { socket, server } = connect({ transports: ["fake", "second"], tryAllTransports: true, reconnection: false });
  const errors = [];
  socket.on("connect_error", (error) => errors.push(error.message));
  server.callbacks.closed("transport error", { message: "one" });
  assert.equal(socket.io.transportName, "second");
  Fake.last.callbacks.closed("transport error", { message: "two" });
  assert.deepEqual(errors, ["two"]);
});
