// What the transport picker offers: a label, and the options for the client. One more transport is one more line.
export const defaultChoice = "upgrade";

export const choices = {
  upgrade: { label: "Polling, then WebSocket", options: { transports: ["polling", "websocket"] } },
  websocket: { label: "WebSocket", options: { transports: ["websocket"] } },
  polling: { label: "Polling", options: { transports: ["polling"], upgrade: false } },
};
