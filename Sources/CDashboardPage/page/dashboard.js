// The dashboard of Gust: connects the page to the server, and shows the summary of each second.
import io from "./live/socket.io.esm.js";
import { Actions } from "./actions.js";
import { Chart } from "./chart.js";
import { $, Rows, bytes, count, make, milliseconds, rate, setText, share, textCells } from "./dom.js";
import { Packets } from "./packets.js";
import { Sockets } from "./sockets.js";

const TIME = 8000;
/** The time between two questions for the number of servers in the cluster. */
const SERVERS_TIME = 30000;
/** How long the page stays connected while it is hidden. */
const HIDDEN_TIME = 20000;
const NAMES = { "4": "4 · Socket.IO 3 and later", "3": "3 · Socket.IO 1 and 2", "0.9": "0.9 · Socket.IO 0.7 to 0.9", "0.6": "0.6 · Socket.IO 0.6" };

const socket = io({ path: new URL("live", location.href).pathname });

/** Sends a question; null if there is no answer in time. */
async function ask(event, ...parameters) {
  if (!socket.connected) return null;
  try {
    return (await socket.timeout(TIME).emitWithAck(event, ...parameters)) ?? {};
  } catch {
    return null;
  }
}

const packets = new Packets(ask, (chosen) => sockets.mark(chosen));
const sockets = new Sockets(ask, (chosen) => packets.choose(chosen));
const actions = new Actions(ask, packets);
const chart = new Chart($("#chart"), $("#chart-peak"));

// ---------------------------------------------------------------- the connection

function show(state, text) {
  $("#state").dataset.state = state;
  setText("#state-text", text);
}

const carrier = () => (socket.io.transportName === "websocket" ? "WebSocket" : socket.io.transportName);
const connected = () => socket.connected && show("open", `Live over ${carrier()}`);

setText("#place", location.host);
socket.on("connect", () => {
  connected();
  sockets.show(null);
  packets.again();
});
socket.on("disconnect", (reason) => reason !== "io client disconnect" && show("lost", "Connection lost, reconnecting…"));
socket.on("connect_error", () => show("lost", "No connection, trying again…"));
socket.io.on("upgrade", connected);
socket.on("packets", (news) => packets.receive(news));

// A page that nobody sees costs the server nothing.
let hiding = null;
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (!document.hidden) return socket.connect();
  hiding = setTimeout(() => {
    socket.disconnect();
    show("connecting", "Paused while hidden");
  }, HIDDEN_TIME);
});

let isClustered = false;

socket.on("hello", (welcome) => {
  actions.allow(welcome.allowsActions);
  setText("#process", `process ${welcome.process}`);
  isClustered = welcome.isClustered;
  chart.clear();
  askServers();
});

async function askServers() {
  $("#notice").hidden = !isClustered;
  if (!isClustered) return;
  const servers = await ask("servers");
  const others = Number.isInteger(servers) ? `one of ${servers} servers` : "one server of a cluster";
  setText("#notice", `This page shows ${others}. Events to rooms reach all of them.`);
}

setInterval(() => document.hidden || askServers(), SERVERS_TIME);

// ---------------------------------------------------------------- the summary

const open = (each) => each.open;
const number = (each) => each.count;
const transports = new Rows($("#transports"), textCells((each) => [
  each.name, count(each.open), count(each.packetsIn), count(each.packetsOut),
], open), open);
const revisions = new Rows($("#revisions"), textCells((each) => [NAMES[each.name] ?? each.name, count(each.count)], number), number);
const namespaces = new Rows($("#namespaces"), textCells((each) => [each.name, count(each.count)], number), number);
const handlers = new Rows($("#handlers"), textCells((each) => [
  each.namespace === "/" ? each.event : `${each.event} in ${each.namespace}`, count(each.count), milliseconds(each.average), milliseconds(each.longest),
]));
const rooms = new Rows($("#rooms"), (row) => {
  let current = null;
  const button = make("button", {
    type: "button",
    class: "link",
    title: "Show the sockets of this room",
    onclick: () => {
      actions.fill(current.namespace, "room", current.room);
      sockets.search(current.room);
    },
  });
  const cells = [make("td", {}, button), make("td"), make("td", { class: "number" })];
  row.append(...cells);
  return (room, greatest) => {
    current = room;
    setText(button, room.room);
    setText(cells[1], room.namespace);
    setText(cells[2], count(room.count));
    share(row, room.count, greatest);
  };
}, number);

/** Warns from 20 ms on: a loop that is late answers all its clients late. */
function level(lag) {
  if (lag >= 100) return "bad";
  return lag >= 20 ? "warn" : "good";
}

socket.on("summary", (summary) => {
  const { rates } = summary;
  setText("#connections", count(summary.connections));
  setText("#opened", rates ? `${rate(rates.opened)} opened per second` : `${count(summary.total)} since the start`);
  setText("#socket-count", count(summary.sockets));
  setText("#namespace-count", `in ${count(summary.namespaceCount)} ${summary.namespaceCount === 1 ? "namespace" : "namespaces"}`);
  if (rates) {
    setText("#packets-in", `${rate(rates.packetsIn)}/s`);
    setText("#packets-out", `${rate(rates.packetsOut)}/s`);
    setText("#bytes-in", `${bytes(rates.bytesIn)} per second`);
    setText("#bytes-out", `${bytes(rates.bytesOut)} per second`);
    chart.add({ in: rates.packetsIn, out: rates.packetsOut });
  }
  const lag = Math.max(0, ...summary.loops.map((loop) => loop.lag)) / 1000;
  setText("#lag", milliseconds(lag));
  $("#lag").dataset.level = level(lag);
  const waiting = summary.loops.reduce((sum, loop) => sum + loop.waiting, 0);
  setText("#loops", `${summary.loops.length} ${summary.loops.length === 1 ? "loop" : "loops"}, ${count(waiting)} tasks waiting`);
  setText("#memory", summary.memory === undefined || summary.memory === null ? "–" : bytes(summary.memory));

  transports.update(summary.transports);
  revisions.update(summary.revisions);
  namespaces.update(summary.namespaces);
  rooms.update(summary.rooms);
  handlers.update(summary.handlers);
  $("#no-rooms").hidden = summary.rooms.length > 0;
  $("#no-handlers").hidden = summary.handlers.length > 0;
  const refused = summary.refusedConnections.map((each) => `${count(each.count)} by ${each.name}`);
  setText("#refused", [
    `Refused connections: ${refused.join(", ") || "none"}.`,
    `Packets refused: ${count(summary.refusedPackets)}, dropped: ${count(summary.droppedPackets)}.`,
    summary.viewers > 1 ? `${summary.viewers} pages are open.` : "",
  ].join(" "));
});
