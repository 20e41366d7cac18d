"use strict";

// The page of one room. What the server says is put into the page as text, never as HTML.

const find = (id) => document.getElementById(id);
const room = document.body.dataset.room;
const parameters = new URLSearchParams(location.search);

// ---------------------------------------------------------------- connection

const modes = {
  upgrade: { transports: ["polling", "websocket"], upgrade: true },
  websocket: { transports: ["websocket"] },
  polling: { transports: ["polling"], upgrade: false },
};
const mode = modes[parameters.get("transport")] ? parameters.get("transport") : "upgrade";

const socket = io({ path: `/live/${room}`, autoConnect: false, reconnectionDelay: 300, ...modes[mode] });

function show(state, text) {
  find("state").dataset.state = state;
  find("state").textContent = text;
}

function connected() {
  show("connected", `connected · ${socket.io.transportName}`);
}

socket.on("connect", () => {
  connected();
  socket.emit("join", name, (welcome) => {
    if (welcome.error) return show("lost", welcome.error);
    name = welcome.name;
    find("lines").replaceChildren(...welcome.lines.map(lineElement));
    showPeople(welcome.people);
    scrollDown(true);
    find("text").disabled = find("say").querySelector("button").disabled = false;
    find("text").focus();
  });
});
socket.io.on("upgrade", connected);
socket.on("disconnect", (reason) => {
  show("lost", `lost (${reason})`);
  find("say").querySelector("button").disabled = true;
});
socket.on("connect_error", (error) => show("lost", `can't connect (${error.message})`));
socket.io.on("reconnect_attempt", (count) => show("connecting", `connecting again (${count})`));

find("transport").value = mode;
find("transport").addEventListener("change", (event) => {
  parameters.set("transport", event.target.value);
  location.search = parameters;
});

// ---------------------------------------------------------------- who

let name = parameters.get("name") ?? sessionStorage.getItem("name") ?? "";

function join() {
  sessionStorage.setItem("name", name);
  socket.connect();
}

find("introduce").addEventListener("submit", () => {
  name = find("name").value.trim();
  if (name) join();
});

if (name) join();
else find("welcome").showModal();

function showPeople(people) {
  find("count").textContent = people.length;
  find("people").replaceChildren(
    ...people.map((person) => {
      const item = document.createElement("li");
      item.append(badge(person), person);
      if (person === name) item.classList.add("me");
      return item;
    }),
  );
}

socket.on("people", showPeople);

/** The first letter on a colour of its own. */
function badge(person) {
  const element = document.createElement("span");
  element.className = "badge";
  element.textContent = [...person][0].toUpperCase();
  element.setAttribute("aria-hidden", "true");
  let hash = 0;
  for (const character of person) hash = (hash * 31 + character.codePointAt(0)) % 360;
  element.style.setProperty("--hue", hash);
  return element;
}

// ---------------------------------------------------------------- lines

function lineElement({ who, text, at }) {
  const item = document.createElement("li");
  if (who === name) item.classList.add("me");
  const time = document.createElement("time");
  time.dateTime = new Date(at).toISOString();
  time.textContent = new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const author = document.createElement("b");
  author.textContent = who;
  const head = document.createElement("p");
  head.className = "head";
  head.append(author, time);
  const body = document.createElement("p");
  body.className = "text";
  body.textContent = text;
  const bubble = document.createElement("div");
  bubble.className = "bubble";
  bubble.append(head, body);
  item.append(badge(who), bubble);
  return item;
}

/** Follows the conversation, unless its reader has scrolled up. */
function scrollDown(always) {
  const lines = find("lines");
  const isAtEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 160;
  if (always || isAtEnd) lines.scrollTop = lines.scrollHeight;
}

socket.on("line", (line) => {
  find("lines").append(lineElement(line));
  while (find("lines").children.length > 100) find("lines").firstChild.remove();
  typists.delete(line.who);
  showTypists();
  scrollDown(line.who === name);
});

find("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = find("text").value.trim();
  if (!text || !socket.connected) return;
  socket.emit("say", text);
  find("text").value = "";
  tellTyping(false);
});

// ---------------------------------------------------------------- typing

const typists = new Map();
let isTyping = false;
let typingTimer;

function tellTyping(on) {
  clearTimeout(typingTimer);
  if (on) typingTimer = setTimeout(() => tellTyping(false), 3000);
  if (on === isTyping) return;
  isTyping = on;
  socket.volatile.emit("typing", on);
}

find("text").addEventListener("input", () => tellTyping(find("text").value !== ""));

socket.on("typing", ({ who, on }) => {
  clearTimeout(typists.get(who));
  typists.delete(who);
  // Who leaves while typing never says that they stopped.
  if (on) typists.set(who, setTimeout(() => { typists.delete(who); showTypists(); }, 5000));
  showTypists();
});

function showTypists() {
  const names = [...typists.keys()];
  if (names.length === 0) find("typing").textContent = "";
  else if (names.length > 3) find("typing").textContent = "several people are typing …";
  else find("typing").textContent = `${names.join(", ")} ${names.length === 1 ? "is" : "are"} typing …`;
}
