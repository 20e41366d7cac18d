// A chat room in the style of 2010: one socket, messages, no events. Events of the other clients are received as
// messages with a name and arguments.
var transport = document.getElementById("transport");
var state = document.getElementById("state");
var log = document.getElementById("log");
var text = document.getElementById("text");
var name = "old-" + Math.floor(Math.random() * 1000);
var socket;

transport.value = new URLSearchParams(location.search).get("transport") || "websocket";

function add(who, words) {
  var line = document.createElement("li");
  line.textContent = who + ": " + words;
  log.appendChild(line);
  log.scrollTop = log.scrollHeight;
}

function connect() {
  if (socket) socket.disconnect();
  socket = new io.Socket(location.hostname, {
    port: location.port,
    secure: location.protocol === "https:",
    resource: "live/" + document.body.dataset.room,
    transports: [transport.value],
  });
  socket.on("connect", function () {
    state.textContent = "Connected over " + socket.transport.type;
    socket.send({ name: "join", args: [name, null] });
  });
  socket.on("message", function (message) {
    var first = message.args && message.args[0];
    if (message.name === "welcome") {
      // After a reconnect the server sends all lines again.
      log.textContent = "";
      first.lines.forEach(function (line) { add(line.who, line.text); });
    }
    if (message.name === "line" || message.name === "said") add(first.who, first.text);
  });
  socket.on("disconnect", function () { state.textContent = "Connection lost"; });
  socket.connect();
}

document.getElementById("say").addEventListener("submit", function (event) {
  event.preventDefault();
  if (text.value) socket.send({ name: "say", args: [text.value] });
  text.value = "";
});
transport.addEventListener("change", connect);
connect();
