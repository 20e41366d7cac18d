// What code that was written for another client expects of ours.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, Fake, io } from "./fake.mjs";
import { holdTimers } from "./timers.mjs";

test("what was missed comes before the handlers of connect, and what waited leaves before them", () => {
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

test("a client that was known says who it was, and how far it heard", () => {
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

test("a promised acknowledgement fails with the connection, also without a deadline", async () => {
  const { socket, server } = connect({ reconnection: false });
  server.admit();
  const answer = socket.emitWithAck("x");
  server.callbacks.closed("transport close");
  await assert.rejects(answer, /disconnected/);
});

test("a deadline for all acknowledgements is an option", async (t) => {
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

test("what leaves can be watched, what comes too, in order", () => {
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

test("handlers go by the names of earlier clients as well", () => {
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

test("the connection below shows its transport, and closes for a while", (t) => {
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
  assert.equal(Fake.all.length, count + 1, "it comes back");
  socket.disconnect();
});

test("transports nobody knows are passed over, and none at all is a mistake", () => {
  const { socket } = connect({ transports: ["webtransport", "fake"] });
  assert.equal(socket.io.transportName, "fake");
  socket.disconnect();
  assert.throws(() => io("http://example.com", { transports: ["pigeon"], forceNew: true }), /pigeon/);
});

test("the next transport is tried if asked to, before anybody hears of an error", () => {
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
