// Who writes in the chat room, without a page and without a clock.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { holdTimers } from "./timers.mjs";

// By its text: Node 18 takes a module for one by its name alone.
const source = readFileSync(new URL("../../../public/chat/typing.js", import.meta.url), "utf8");
const { Typing } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

/** What a writer tells, and what their page shows. */
function room(t) {
  const clock = holdTimers(t);
  const told = [];
  const place = { textContent: "" };
  return { clock, told, place, typing: new Typing(place, { tell: (isTyping) => told.push(isTyping) }) };
}

test("who writes says so at once, and that they write no more", (t) => {
  const { typing, told } = room(t);
  typing.input("H");
  typing.input("Hi");
  assert.deepEqual(told, [true]);
  typing.input("");
  assert.deepEqual(told, [true, false]);
});

test("who writes on says so every second, since what is told may get lost", (t) => {
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

test("who pauses for two and a half seconds writes no more, until they go on", (t) => {
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

test("spaces alone are nothing written", (t) => {
  const { typing, told } = room(t);
  typing.input(" \n");
  assert.deepEqual(told, []);
});

test("who is said to write is shown for as long as it is said again", (t) => {
  const { clock, typing, place } = room(t);
  typing.started("Ada");
  clock.tick(3000);
  typing.started("Ada");
  clock.tick(3999);
  assert.equal(place.textContent, "Ada is writing…");
  clock.tick(1);
  assert.equal(place.textContent, "");
});

test("two are named, more are several", (t) => {
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
