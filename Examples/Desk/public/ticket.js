// A ticket: comments and the people who look at it, live.
import io from "/live/socket.io.esm.js";

const ticket = document.querySelector("#ticket").dataset.ticket;
const socket = io({ path: `/live/${ticket}` });
const form = document.querySelector("#comment");
const fault = document.querySelector("#fault");

for (const time of document.querySelectorAll("time")) time.textContent = new Date(time.dateTime).toLocaleString();

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

function item({ author, text, created }) {
  const time = element("small", new Date(created).toLocaleString());
  const paragraph = element("p", text);
  paragraph.className = "text";
  return element("li", "", element("strong", author), " ", time, paragraph);
}

// What was said before the connection, or while there was none.
let newest = 0;
socket.on("connect", async () => {
  // Another server, or the same one after a restart, counts its lists anew.
  newest = 0;
  fault.textContent = "";
  try {
    const { comments } = await (await fetch(`/api/tickets/${ticket}`)).json();
    document.querySelector("#comments").replaceChildren(...comments.map(item));
  } catch (error) {
    // The connection has ended again; the next one asks again.
    console.log(error);
  }
});
socket.on("disconnect", () => { document.querySelector("#people").textContent = "offline, trying again"; });
socket.on("commented", (comment) => document.querySelector("#comments").append(item(comment)));
socket.on("people", (people, revision) => {
  // An older list may arrive after a newer one.
  if (revision < newest) return;
  newest = revision;
  document.querySelector("#people").textContent = people.join(", ");
});
socket.on("changed", ({ isOpen }) => {
  const state = document.querySelector("#state");
  state.textContent = state.className = isOpen ? "open" : "closed";
  state.classList.add("tag");
});
socket.on("connect_error", (error) => { fault.textContent = error.message; });

// Without this script the form is sent as a page.
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await socket.emitWithAck("comment", form.text.value);
  fault.textContent = answer.error ?? "";
  if (!answer.error) form.reset();
});
