// A chat room: connects the page to the server. `io` is Gust's browser client, loaded before this module.
import { Log } from "./log.js";
import { People } from "./people.js";
import { Typing } from "./typing.js";
import { choices, defaultChoice } from "./transports.js";

const $ = (selector) => document.querySelector(selector);
const room = document.body.dataset.room;
const parameters = new URLSearchParams(location.search);

const log = new Log($("#log"), $("#newer"), { again: (entry) => deliver(entry) });
const people = new People($("#people"), $("#count"), {
  came: (name) => log.notice(`${name} came in`),
  left: (name) => log.notice(`${name} left`),
});
const typing = new Typing($("#typing"), { tell: (isTyping) => isIn && socket.volatile.emit("typing", isTyping) });

/** A key by which the server recognises this tab after a reconnect. */
const key = sessionStorage.getItem("key") ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
sessionStorage.setItem("key", key);

let name = parameters.get("name") ?? localStorage.getItem("name") ?? "";
let socket = null;
/** Whether the page has joined the room on the current connection. */
let isIn = false;
/** Lines that were written before the page had joined; they are sent after it has joined. */
let waiting = [];

// ---------------------------------------------------------------- the connection

function show(state, text) {
  $("#state").dataset.state = state;
  $("#state-text").textContent = text;
}

function showTransport() {
  const { transportName } = socket.io;
  if (isIn) show("open", `Connected over ${transportName === "websocket" ? "WebSocket" : transportName}`);
}

/** Sends an event and waits for the reply: an acknowledgement, or in revision 0.6 an event. */
function request(time, event, answer, ...args) {
  if (socket.io.revision.name !== "0.6") return socket.timeout(time).emitWithAck(event, ...args);
  const asked = socket;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer")), time);
    asked.once(answer, (value) => {
      clearTimeout(timer);
      resolve(value);
    });
    asked.emit(event, ...args);
  });
}

function connect() {
  socket?.disconnect();
  isIn = false;
  show("connecting", "Connecting…");
  const chosen = socket = io({ ...choices[$("#transport").value].options, path: `/live/${room}`, forceNew: true });
  const whileChosen = (handler) => (...args) => socket === chosen && handler(...args);
  chosen.on("connect", whileChosen(join));
  chosen.on("line", whileChosen((line) => {
    log.add(line, name);
    typing.stopped(line.who);
  }));
  chosen.on("people", whileChosen((list) => people.update(list, name)));
  chosen.on("typing", whileChosen(({ who, on }) => (on ? typing.started(who) : typing.stopped(who))));
  chosen.on("connect_error", whileChosen(() => show("lost", "No connection, trying again…")));
  chosen.on("disconnect", whileChosen((reason) => {
    isIn = false;
    typing.clear();
    if (reason === "io server disconnect") show("lost", "The server has closed the connection");
    else if (reason !== "io client disconnect") show("lost", "Connection lost, reconnecting…");
  }));
  chosen.io.on("reconnect_attempt", whileChosen(() => show("connecting", "Reconnecting…")));
  chosen.io.on("upgrade", whileChosen(showTransport));
}

async function join() {
  const joining = socket;
  let welcome;
  try {
    welcome = await request(10000, "join", "welcome", name, key);
  } catch {
    return; // The connection was lost again; the page joins on the next connection.
  }
  if (socket !== joining) return;
  if (welcome.error) return ask(welcome.error);
  name = welcome.name;
  isIn = true;
  people.reset(welcome.people, name);
  log.merge(welcome.lines, name);
  showTransport();
  for (const entry of waiting.splice(0)) deliver(entry);
}

// ---------------------------------------------------------------- saying something

/** Sends a line that the log already shows, and shows the result. */
async function deliver(entry) {
  if (!isIn) return waiting.push(entry);
  try {
    const line = await request(15000, "say", "said", entry.text);
    if (line.error) log.failed(entry, line.error);
    else log.delivered(entry, line);
  } catch {
    log.failed(entry, "not sent");
  }
}

const text = $("#text");

/** Sets the height of the text field to that of its text; the style sheet sets the bounds. */
function fit() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}

text.addEventListener("input", () => {
  fit();
  typing.input(text.value);
});
text.addEventListener("keydown", (event) => {
  // During composition in an input method, Enter chooses a word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("#composer").requestSubmit();
});
$("#composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (!words) return;
  text.value = "";
  fit();
  typing.input("");
  deliver(log.say(words, name));
  text.focus();
});

// ---------------------------------------------------------------- nickname and transport

function ask(error = "") {
  $("#ask-error").textContent = error;
  $("#name").value = name;
  if (!$("#ask").open) $("#ask").showModal();
}

$("#ask").addEventListener("close", () => {
  const given = $("#name").value.trim();
  if (!given) return name || ask();
  name = given;
  localStorage.setItem("name", name);
  if (socket?.connected) join();
  else if (!socket) connect();
  text.focus();
});
$("#rename").addEventListener("click", () => ask());

const picker = $("#transport");
for (const [value, { label }] of Object.entries(choices)) picker.add(new Option(label, value));
picker.value = parameters.get("transport") ?? sessionStorage.getItem("transport") ?? defaultChoice;
if (!(picker.value in choices)) picker.value = defaultChoice;
picker.addEventListener("change", () => {
  sessionStorage.setItem("transport", picker.value);
  if (name) connect();
});

if (name) connect();
else ask();
