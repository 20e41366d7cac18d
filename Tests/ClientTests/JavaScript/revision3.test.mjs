// Revision 3, the protocol of socket.io-client 1.x and 2.x: bytes in polls, auth in queries, refusals.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, Fake, io } from "./fake.mjs";
import { holdTimers } from "./timers.mjs";

const three = io.revisions[3];
const bytes = (...values) => Uint8Array.from(values).buffer;
const settle = async () => {
  for (let round = 0; round < 10; round += 1) await new Promise((resolve) => setImmediate(resolve));
};

test("each packet of a binary payload is a kind, the digits of the length, 0xFF, and the packet", () => {
  const body = three.encodePayload(["4hello", bytes(1, 2, 3, 4)], true);
  // 4hello, six bytes of text; then five bytes: the type 4 and the message.
  assert.deepEqual([...body], [0, 6, 0xff, ...Buffer.from("4hello"), 1, 5, 0xff, 4, 1, 2, 3, 4]);
  assert.deepEqual(three.decodePayload(body.buffer), ["4hello", bytes(1, 2, 3, 4)]);
  assert.equal(three.encodePayload(["4ü"], true), "2:4ü", "a payload without bytes is text");
  const text = "4ü\ufeff😀";
  assert.deepEqual(three.decodePayload(three.encodePayload([text, new ArrayBuffer(300)], true).buffer), [text, new ArrayBuffer(300)]);
});

test("a malformed binary payload is refused", () => {
  for (const body of [[0, 6, 0xff, 52], [0, 0xff], [2, 1, 0xff, 52], [0, 10, 0xff, 52], [1, 1, 0xff, 5], [0, 1], [0, 1, 0xff, 0xff]]) {
    assert.throws(() => three.decodePayload(bytes(...body)), undefined, body.join());
  }
});

test("an empty packet is ignored", () => assert.deepEqual(three.decodePayload("0:"), []));

test("polls send and receive binary bodies; only JSONP sends b64=1", async (t) => {
  const requests = [];
  const answers = [new Response(three.encodePayload(['0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":5000}', "40"])),
    new Response(three.encodePayload(['451-["pic",{"_placeholder":true,"num":0}]', bytes(7, 8)], true), {
      headers: { "Content-Type": "application/octet-stream" },
    })];
  t.mock.method(globalThis, "fetch", (url, request) => {
    requests.push({ url, ...request });
    if (request.method === "POST") return Promise.resolve(new Response("ok"));
    return Promise.resolve(answers.shift() ?? new Promise(() => {}));
  });
  const socket = io("http://example.com", { revision: "3", transports: ["polling"], forceNew: true });
  const heard = [];
  socket.on("pic", (picture) => heard.push(picture));
  await settle();
  assert.match(requests[0].url, /^http:\/\/example\.com\/socket\.io\/\?EIO=3&transport=polling&t=[a-z0-9.]+$/);
  assert.deepEqual(heard, [bytes(7, 8)]);
  socket.emit("pic", bytes(9));
  await settle();
  const post = requests.find((request) => request.method === "POST");
  assert.equal(post.headers["Content-Type"], "application/octet-stream");
  assert.deepEqual(three.decodePayload(post.body.buffer), ['451-["pic",{"_placeholder":true,"num":0}]', bytes(9)]);
  assert.match(three.url("http://h/", "jsonp", {}), /transport=polling&t=[a-z0-9.]+&b64=1$/);
  socket.disconnect();
});

test("auth is the query of the namespace", () => {
  const { socket, server } = connect({ revision: "3" });
  const guarded = socket.io.socket("/guarded", { auth: { token: "a,b &ü", n: 1, o: { x: [] }, u: undefined } });
  guarded.connect();
  server.receive('0{"sid":"x","upgrades":[],"pingInterval":1000,"pingTimeout":500}', "40");
  assert.deepEqual(server.sent, ["40/guarded?token=a%2Cb%20%26%C3%BC&n=1&o=%7B%22x%22%3A%5B%5D%7D,"]);
  server.receive("40/guarded,");
  assert.equal(guarded.id, "/guarded#x");
  assert.equal(socket.id, "x");
  guarded.disconnect();
  socket.disconnect();
});

test("the auth of / is in the query of the connection, also if auth is a function", async () => {
  const count = Fake.all.length;
  let answer;
  const { socket } = connect({ revision: "3", query: { room: "1" }, auth: (callback) => { answer = callback; } });
  assert.equal(Fake.all.length, count, "no request is sent before");
  answer({ token: "secret" });
  const address = Fake.last.address.http("polling");
  assert.match(address, /^http:\/\/example\.com\/socket\.io\/\?room=1&token=secret&EIO=3&transport=polling&t=[a-z0-9.]+$/);
  socket.disconnect();
  answer({ token: "late" });
  assert.equal(Fake.all.length, count + 1);
});

test("the payload of a CONNECT_ERROR can be a text, an object or any value", () => {
  for (const [packet, message, data] of [['44"no"', "no", undefined], ['44{"message":"no","data":[1]}', "no", [1]],
    ['44{"code":1}', "refused", { code: 1 }], ["44[7]", "refused", [7]]]) {
    const { socket, server } = connect({ revision: "3" });
    const errors = [];
    socket.on("connect_error", (error) => errors.push([error.message, error.data]));
    server.receive('0{"sid":"x","upgrades":[],"pingInterval":1000,"pingTimeout":500}', packet);
    assert.deepEqual(errors, [[message, data]]);
  }
});

test("the client sends pings, and each received packet restarts the heartbeat timer", (t) => {
  const clock = holdTimers(t);
  const { socket, server } = connect({ revision: "3", reconnection: false });
  const reasons = [];
  socket.on("disconnect", (reason) => reasons.push(reason));
  server.receive('0{"sid":"x","upgrades":[],"pingInterval":100,"pingTimeout":50}', "40");
  clock.tick(100);
  assert.deepEqual(server.sent, ["2"]);
  clock.tick(40);
  server.receive('42["x"]');
  clock.tick(149);
  assert.deepEqual(reasons, []);
  clock.tick(1);
  assert.deepEqual(reasons, ["ping timeout"]);
});
