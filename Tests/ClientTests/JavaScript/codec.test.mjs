import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { io } from "./fake.mjs";

const revision = io.revisions[4];
const bytes = (...values) => Uint8Array.from(values).buffer;

/** The packets in a list of messages; strings are text messages, the others attachments. */
function decode(...messages) {
  const decoder = revision.makeDecoder();
  return messages.map((m) => (typeof m === "string" ? decoder.message(m) : decoder.binary(m))).filter((p) => p !== null);
}

const packets = [
  ["0", { type: "connect", namespace: "/", id: undefined, data: undefined }],
  ['0/admin,{"token":"x"}', { type: "connect", namespace: "/admin", id: undefined, data: { token: "x" } }],
  ["1/admin,", { type: "disconnect", namespace: "/admin", id: undefined, data: undefined }],
  ['2["hello",1]', { type: "event", namespace: "/", id: undefined, data: ["hello", 1] }],
  ['2/admin,456["x"]', { type: "event", namespace: "/admin", id: 456, data: ["x"] }],
  ['212["grüße, 😀\\u0000"]', { type: "event", namespace: "/", id: 12, data: ["grüße, 😀\0"] }],
  ["3/admin,456[]", { type: "ack", namespace: "/admin", id: 456, data: [] }],
];

for (const [text, packet] of packets) {
  test(`${text} is decoded and encoded`, () => {
    assert.deepEqual(decode(text), [packet]);
    assert.deepEqual(revision.encodePacket(packet), ["4" + text]);
  });
}

test("a CONNECT_ERROR is decoded", () => {
  assert.deepEqual(decode('4/admin,{"message":"no","data":{"code":1}}')[0].data, { message: "no", data: { code: 1 } });
});

test("attachments are extracted depth first, and put back by the decoder", () => {
  const [a, b] = [bytes(1), bytes(2, 3)];
  const packet = { type: "event", namespace: "/", id: 12, data: ["x", { a: [a], b }] };
  const text = '52-12["x",{"a":[{"_placeholder":true,"num":0}],"b":{"_placeholder":true,"num":1}}]';
  assert.deepEqual(revision.encodePacket(packet), ["4" + text, a, b]);
  assert.deepEqual(decode(text, a, b), [packet]);
  assert.deepEqual(revision.encodePacket({ type: "ack", namespace: "/", id: 1, data: [b] })[0],
    '461-1[{"_placeholder":true,"num":0}]');
});

const malformed = ["", "7", "x", '2{"a":1}', "2", "2[]", "2[null]", '2["connect"]', '2["disconnect"]', '2["x"', "3{}", "3", '1["x"]',
  "0[]", "0 x", '5["x"]', '51["x"]', '21-["x"]', "4"];
for (const text of malformed) {
  test(`${JSON.stringify(text)} is refused`, () => assert.throws(() => decode(text)));
}

test("an unexpected attachment, a missing attachment and an invalid placeholder are refused", () => {
  assert.throws(() => decode(bytes(1)));
  assert.throws(() => decode('51-["x",{"_placeholder":true,"num":0}]', '2["y"]'));
  assert.throws(() => decode('51-["x",{"_placeholder":true,"num":1}]', bytes(1)));
  assert.throws(() => decode('51-["x",{"_placeholder":true,"num":"__proto__"}]', bytes(1)));
});

test("the packets of a payload are separated by U+001E, and binary packets are base64", () => {
  const long = new Uint8Array(100000).fill(7).buffer;
  for (const frames of [["4hello", "2"], ["4a", bytes(1, 2, 3, 4), "4b"], [long]]) {
    assert.deepEqual(revision.decodePayload(revision.encodePayload(frames)), frames);
  }
  assert.equal(revision.encodePayload(["4a", bytes(1, 2, 3, 4)]), "4a\x1ebAQIDBA==");
});

test("the ES module contains the same client", async () => {
  const { mkdtemp, readFile, rm, writeFile } = await import("node:fs/promises");
  const read = (name) => readFile(new URL(`../../../public/${name}`, import.meta.url), "utf8");
  const [classic, module] = [await read("socket.io.js"), await read("socket.io.esm.js")];
  assert.ok(module.includes(classic), "run scripts/esm");
  // Node detects a module by its file name only.
  const directory = await mkdtemp(`${tmpdir()}/gust-`);
  await writeFile(`${directory}/client.mjs`, module);
  const imported = await import(`${directory}/client.mjs`);
  await rm(directory, { recursive: true });
  assert.equal(typeof imported.io, "function");
  assert.equal(imported.default, imported.io);
  assert.equal(imported.io.protocol, io.protocol);
});
