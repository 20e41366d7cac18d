// The response without end of xhr-multipart, split at any place by the network.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRequire } from "node:module";

const io = createRequire(import.meta.url)("../../../public/socket.io.js");

const settle = async () => {
  for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** The frames that a transport of 0.6 receives from a response in pieces, and the reasons for its end. */
async function hear(t, pieces) {
  const pipe = new TransformStream();
  const writer = pipe.writable.getWriter();
  t.mock.method(globalThis, "fetch", async () => new Response(pipe.readable));
  const heard = { frames: [], ends: [] };
  const address = { sid: null, http: () => "http://h/socket.io/xhr-multipart/", headers: {} };
  new io.transports["xhr-multipart"](address, io.revisions[0.6], {
    frames: (frames) => heard.frames.push(...frames),
    closed: (reason) => heard.ends.push(reason),
  });
  await settle();
  for (const piece of pieces) await writer.write(piece);
  await settle();
  await writer.close();
  await settle();
  return heard;
}

// The third text contains a line that equals the boundary; the last text has two UTF-16 units and four bytes.
const texts = ["8435", "~h~1", "x\n--socketio-1-a\nContent-Type: a\n\nb", "", "😀"];
const response = new TextEncoder().encode(
  "--socketio-1-a\n" + texts.map((text) => `Content-Type: text/plain\n\n~m~${text.length}~m~${text}\n--socketio-1-a\n`).join(""));

for (const size of [1, 7, 64, 1000]) {
  test(`parts are complete if the response is received in pieces of ${size} bytes`, async (t) => {
    const count = Math.ceil(response.length / size);
    const pieces = Array.from({ length: count }, (_, index) => response.slice(index * size, (index + 1) * size));
    assert.deepEqual(await hear(t, pieces), { frames: texts, ends: ["transport close"] });
  });
}

test("a part with a wrong length is not delivered", async (t) => {
  const lie = new TextEncoder().encode("--socketio\nContent-Type: text/plain\n\n~m~900~m~x\n--socketio\n");
  assert.deepEqual(await hear(t, [lie]), { frames: [], ends: ["transport close"] });
});
