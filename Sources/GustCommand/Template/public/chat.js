// Gust serves the client of Socket.IO below the endpoint.
import io from "/live/socket.io.esm.js";

const socket = io({ path: "/live" });
const form = document.querySelector("#say");
const lines = document.querySelector("#lines");

function show(text) {
    const line = document.createElement("li");
    line.textContent = text;
    lines.append(line);
}

form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = form.elements.text.value;
    socket.emit("say", text, (length) => show(`${text} (${length} bytes)`));
    form.reset();
});
socket.on("said", show);
