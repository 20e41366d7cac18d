import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, Fake, io } from "./fake.mjs";
import { holdTimers } from "./timers.mjs";

const settle = () => new Promise((resolve) => setImmediate(resolve));

test("events that are sent before the connection is open are sent after CONNECT, in order", () => {
  const { socket, server } = connect({ auth: { token: "x" } });
  socket.emit("a", 1);
  socket.emit("b", 2);
  server.open();
  assert.deepEqual(server.sent, ['40{"token":"x"}']);
  server.receive('40{"sid":"abc"}');
  assert.deepEqual(server.sent.slice(1), ['42["a",1]', '42["b",2]']);
  assert.equal(socket.id, "abc");
  socket.disconnect();
});

test("auth can be a function, and a value that it returns too late is not sent", () => {
  const answers = [];
  const { socket, server } = connect({ auth: (answer) => answers.push(answer) });
  server.open();
  assert.deepEqual(server.sent, []);
  answers[0]({ token: "y" });
  assert.deepEqual(server.sent, ['40{"token":"y"}']);
  server.callbacks.closed("transport close");
  socket.io.connect();
  Fake.last.open();
  answers[0]({ token: "late" });
  assert.deepEqual(Fake.last.sent, []);
  socket.disconnect();
});

test("namespaces share one connection", () => {
  const count = Fake.all.length;
  const options = { transports: ["fake"] };
  const first = io("http://shared.example", options);
  const second = io("http://shared.example/admin", options);
  assert.equal(Fake.all.length, count + 1);
  Fake.last.open();
  assert.deepEqual(Fake.last.sent, ["40", "40/admin,"]);
  Fake.last.receive('40{"sid":"1"}', '40/admin,{"sid":"2"}');
  const heard = [];
  first.on("x", () => heard.push("first"));
  second.on("x", () => heard.push("second"));
  Fake.last.receive('42/admin,["x"]', '42["x"]');
  assert.deepEqual(heard, ["second", "first"]);
  first.disconnect();
  assert.equal(second.connected, true);
  second.disconnect();
  assert.deepEqual(Fake.last.sent.slice(2), ["41", "41/admin,"]);
  assert.deepEqual(Fake.last.goodbye, []);
});

test("a second socket of the same namespace has another connection", () => {
  const count = Fake.all.length;
  const sockets = [1, 2].map(() => io("http://twice.example", { transports: ["fake"] }));
  assert.equal(Fake.all.length, count + 2);
  for (const socket of sockets) socket.disconnect();
});

test("acknowledgements are sent and received once", async () => {
  const { socket, server } = connect();
  server.admit();
  const answer = socket.emitWithAck("sum", 1, 2);
  assert.deepEqual(server.sent, ['420["sum",1,2]']);
  server.receive("430[3]", "430[4]");
  assert.equal(await answer, 3);
  socket.on("ask", (question, answer) => {
    answer(question + "!");
    answer("once is enough");
  });
  server.receive('427["ask","what"]');
  assert.deepEqual(server.sent.slice(1), ['437["what!"]']);
  socket.disconnect();
});

test("an acknowledgement that isn't received in time is an error", async (t) => {
  const clock = holdTimers(t);
  const { socket, server } = connect();
  server.admit();
  const answers = [];
  socket.timeout(100).emit("x", (error, value) => answers.push([error?.message, value]));
  socket.timeout(100).emit("y", (error, value) => answers.push([error, value]));
  server.receive("431[5]");
  clock.tick(100);
  assert.deepEqual(answers, [[null, 5], ["operation has timed out", undefined]]);
  socket.disconnect();
});

test("an acknowledgement with a timeout is rejected when the connection is lost", async () => {
  const { socket, server } = connect({ reconnection: false });
  server.admit();
  const answer = socket.timeout(1000).emitWithAck("x");
  server.callbacks.closed("transport close");
  await assert.rejects(answer, /disconnected/);
});

test("a volatile event is dropped if it can't be sent at once", () => {
  const { socket, server } = connect();
  socket.volatile.emit("early");
  server.admit();
  socket.volatile.emit("now");
  server.isWritable = false;
  socket.volatile.emit("late");
  server.isWritable = true;
  server.whenWritable();
  assert.deepEqual(server.sent, ['42["now"]']);
  socket.disconnect();
});

test("packets after a packet with a Blob wait until the Blob has been read", async () => {
  const { socket, server } = connect();
  server.admit();
  socket.emit("blob", new Blob([Uint8Array.of(1, 2)]));
  socket.emit("text");
  socket.emit("view", new Uint8Array([9, 8, 7]).subarray(1));
  await settle();
  await settle();
  assert.deepEqual(server.sent, [
    '451-["blob",{"_placeholder":true,"num":0}]', Uint8Array.of(1, 2).buffer,
    '42["text"]',
    '451-["view",{"_placeholder":true,"num":0}]', Uint8Array.of(8, 7).buffer,
  ]);
  socket.disconnect();
});

test("a handler that throws doesn't prevent the other handlers", async (t) => {
  const errors = [];
  t.mock.method(globalThis, "setTimeout", (call) => errors.push(call));
  const { socket, server } = connect();
  server.admit();
  errors.length = 0;
  const heard = [];
  socket.on("x", () => { throw new Error("mine"); });
  socket.on("x", () => heard.push("second"));
  server.receive('42["x"]', '42["x"]');
  assert.deepEqual(heard, ["second", "second"]);
  assert.equal(socket.connected, true);
  assert.throws(errors[0], /mine/);
  socket.disconnect();
});

test("handlers can be removed; onAny handlers are called first", () => {
  const { socket, server } = connect();
  server.admit();
  const heard = [];
  const handler = () => heard.push("on");
  socket.on("x", handler);
  socket.once("x", () => heard.push("once"));
  socket.onAny((name) => heard.push(`any ${name}`));
  server.receive('42["x"]');
  socket.off("x", handler);
  server.receive('42["x"]');
  assert.deepEqual(heard, ["any x", "on", "once", "any x"]);
  assert.throws(() => socket.emit("connect"), /reserved/);
  socket.disconnect();
});

test("a refused socket fires connect_error and closes the connection", () => {
  const { socket, server } = connect();
  server.open();
  const errors = [];
  socket.on("connect_error", (error) => errors.push([error.message, error.data]));
  server.receive('44{"message":"not authorized","data":{"code":1}}');
  assert.deepEqual(errors, [["not authorized", { code: 1 }]]);
  assert.equal(socket.active, false);
  assert.deepEqual(server.goodbye, []);
});
