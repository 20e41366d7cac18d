// The codecs of the old generations, with encoded text beside decoded values.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRequire } from "node:module";

const io = createRequire(import.meta.url)("../../../public/socket.io.js");
const { 3: three, "0.9": nine, 0.6: six } = io.revisions;

test("0.6 counts UTF-16 units, and a marker within a text is text", () => {
  assert.equal(six.encodePayload(["😀", "~m~1~m~x", ""]), "~m~2~m~😀~m~8~m~~m~1~m~x~m~0~m~");
  assert.deepEqual(six.decodePayload("~m~2~m~😀~m~8~m~~m~1~m~x~m~0~m~"), ["😀", "~m~1~m~x", ""]);
  assert.deepEqual(six.decodePayload(""), []);
});

test("wrong lengths are refused", () => {
  for (const payload of ["~m~2~m~a", "~m~a~m~x", "m~1~m~x", "~m~1~m~ab"]) {
    assert.throws(() => six.decodePayload(payload), /malformed/, payload);
  }
  for (const payload of ["\ufffd5\ufffd2::", "\ufffdx\ufffd2::"]) assert.throws(() => nine.decodePayload(payload), /malformed/);
  for (const payload of ["5:2", "x:2", "1"]) assert.throws(() => three.decodePayload(payload), /malformed/);
});

test("the first message of 0.6 is the session id; later messages are text, JSON or heartbeats", () => {
  const decoder = six.makeDecoder();
  assert.deepEqual(decoder.read("abc").map((word) => word.type), ["open", "packet"]);
  assert.deepEqual(decoder.read("hi")[0].data.data, ["message", "hi"]);
  assert.deepEqual(decoder.read('~j~{"a":1}')[0].data.data, ["message", { a: 1 }]);
  assert.deepEqual(decoder.read('~j~{"name":"say","args":[1]}')[0].data.data, ["say", 1]);
  assert.deepEqual(decoder.read("~h~7"), [{ type: "ping", data: "7" }]);
  assert.equal(six.pong("7"), "~h~7");
});

test("0.9 packets are type, id, endpoint and data", () => {
  const event = { type: "event", namespace: "/chat", id: 0, data: ["echo", 1, "☃"] };
  assert.deepEqual(nine.encodePacket(event), ['5:1+:/chat:{"name":"echo","args":[1,"☃"]}']);
  assert.deepEqual(nine.encodePacket({ type: "message", namespace: "/", data: "a:b" }), ["3:::a:b"]);
  const decoder = nine.makeDecoder();
  assert.deepEqual(decoder.read("1::").map((word) => word.type), ["open", "packet"]);
  assert.deepEqual(decoder.read("6:::1+[2]")[0].data, { type: "ack", namespace: "/", id: 0, data: [2] });
  assert.deepEqual(decoder.read("3:::a:b\nc")[0].data.data, ["message", "a:b\nc"]);
});

test("a 0.9 payload of one packet has no header, one of several packets has lengths", () => {
  assert.equal(nine.encodePayload(["3:::a"]), "3:::a");
  assert.equal(nine.encodePayload(["2::", "3:::😀"]), "\ufffd3\ufffd2::\ufffd6\ufffd3:::😀");
  assert.deepEqual(nine.decodePayload("\ufffd3\ufffd2::\ufffd6\ufffd3:::😀"), ["2::", "3:::😀"]);
});

test("revision 3 counts packets in UTF-16 units, and a binary message begins with its type", () => {
  assert.equal(three.encodePayload(["4😀", new Uint8Array([1, 2]).buffer]), "3:4😀6:b4AQI=");
  assert.deepEqual(three.decodePayload("3:4😀")[0], "4😀");
  assert.deepEqual([...three.encodeMessage(new Uint8Array([9]).buffer)], [4, 9]);
});
