// The typing notices of the chat room, without a page, and with a clock that the test advances.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { holdTimers } from "./timers.mjs";

// Imported as text, because Node 18 detects a module by its file name only.
const source = readFileSync(new URL("../../../public/chat/typing.js", import.meta.url), "utf8");
const { Typing } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

/** A writer: the events that it sends in `told`, and the text that its page shows in `place`. */
function room(t) {
  const clock = holdTimers(t);
  const told = [];
  const place = { textContent: "" };
  return { clock, told, place, typing: new Typing(place, { tell: (isTyping) => told.push(isTyping) }) };
}

test("the first character sends that the user writes, and an empty text that the user has stopped", (t) => {
  const { typing, told } = room(t);
  typing.input("H");
  typing.input("Hi");
  assert.deepEqual(told, [true]);
  typing.input("");
  assert.deepEqual(told, [true, false]);
});

test("while the user writes, the event is repeated every second", (t) => {
  const { clock, typing, told } = room(t);
  typing.input("H");
  clock.tick(999);
  typing.input("Hi");
  assert.deepEqual(told, [true]);
  clock.tick(1);
  assert.deepEqual(told, [true, true]);
  clock.tick(1000);
  assert.deepEqual(told, [true, true, true]);
});

test("after a pause of 2.5 seconds the user has stopped, until the next input", (t) => {
  const { clock, typing, told } = room(t);
  typing.input("H");
  clock.tick(2499);
  assert.deepEqual(told, [true, true, true]);
  clock.tick(1);
  assert.deepEqual(told, [true, true, true, false]);
  clock.tick(60_000);
  assert.equal(told.length, 4);
  typing.input("Hi");
  assert.deepEqual(told.slice(4), [true]);
});

test("a text of white space only sends nothing", (t) => {
  const { typing, told } = room(t);
  typing.input(" \n");
  assert.deepEqual(told, []);
});

test("a writer is shown until the event hasn't been repeated for 4 seconds", (t) => {
  const { clock, typing, place } = room(t);
  typing.started("Ada");
  clock.tick(3000);
  typing.started("Ada");
  clock.tick(3999);
  assert.equal(place.textContent, "Ada is writing…");
  clock.tick(1);
  assert.equal(place.textContent, "");
});

test("two writers are named, three or more are 'several people'", (t) => {
  const { typing, place } = room(t);
  typing.started("Ada");
  typing.started("Bob");
  assert.equal(place.textContent, "Ada and Bob are writing…");
  typing.started("Eve");
  assert.equal(place.textContent, "Several people are writing…");
  typing.stopped("Ada");
  assert.equal(place.textContent, "Bob and Eve are writing…");
  typing.clear();
  assert.equal(place.textContent, "");
});
