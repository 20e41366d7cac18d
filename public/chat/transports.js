// The choices of the transport picker: a label, and the options for the client.
export const defaultChoice = "upgrade";

export const choices = {
  upgrade: { label: "Polling, then WebSocket", options: { transports: ["polling", "websocket"] } },
  websocket: { label: "WebSocket", options: { transports: ["websocket"] } },
  polling: { label: "Polling", options: { transports: ["polling"], upgrade: false } },
  jsonp: { label: "Polling by scripts", options: { transports: ["jsonp"], upgrade: false } },
};

// Clients of older generations, over each of their transports.
const generations = {
  "3": { clients: "2014", transports: ["websocket", "polling", "jsonp"] },
  "0.9": { clients: "2011", transports: ["websocket", "flashsocket", "htmlfile", "xhr-polling", "jsonp-polling"] },
  "0.6": { clients: "2010", transports: ["websocket", "flashsocket", "htmlfile", "xhr-multipart", "xhr-polling", "jsonp-polling"] },
};

for (const [revision, { clients, transports }] of Object.entries(generations)) {
  for (const transport of transports) {
    choices[`${revision}-${transport}`] = {
      label: `As in ${clients}: ${transport}`,
      options: { revision, transports: [transport], upgrade: false },
    };
  }
}
