// Uses the types that Gust wrote for the chat room, as the users of socket.io-client do; checked by the compiler, never run.
import type { ClientToServerEvents, Failure, Line, ServerToClientEvents, Welcome } from "./events";

type Last<List extends unknown[]> = List extends [...unknown[], infer Value] ? Value : never;
type Reply<Handler extends (...list: never[]) => void> =
  Last<Parameters<Handler>> extends (reply: infer Value) => void ? Value : never;
type AllButLast<List extends unknown[]> = List extends [...infer Rest, unknown] ? Rest : never;

/** The part of socket.io-client's `Socket` that its type parameters decide. */
interface Socket<Listened, Emitted> {
  on<Name extends keyof Listened>(name: Name, handler: Listened[Name]): void;
  emit<Name extends keyof Emitted>(name: Name, ...list: Emitted[Name] extends (...list: infer List) => void ? List : never): void;
  emitWithAck<Name extends keyof Emitted>(
    name: Name,
    ...list: Emitted[Name] extends (...list: infer List) => void ? AllButLast<List> : never
  ): Promise<Emitted[Name] extends (...list: never[]) => void ? Reply<Emitted[Name]> : never>;
}

declare const socket: Socket<ServerToClientEvents, ClientToServerEvents>;

socket.on("line", (line) => {
  const text: string = line.text;
  // @ts-expect-error a line has no title
  line.title;
  return text.length + line.at.toFixed(0).length;
});
socket.on("people", ({ version, names }) => names.map((name) => `${version} ${name.toUpperCase()}`));
// @ts-expect-error clients send it, the server doesn't
socket.on("say", () => {});

socket.emit("typing", true);
socket.emit("join", "Ada", null, (reply) => {
  if ("error" in reply) {
    const failure: Failure = reply;
    return failure.error;
  }
  const welcome: Welcome = reply;
  return welcome.lines.map((line: Line) => line.who);
});
// @ts-expect-error the text is missing
socket.emit("say");
// @ts-expect-error a number isn't a text
socket.emit("say", 7, () => {});
// @ts-expect-error the server sends it, clients don't
socket.emit("line", { who: "Ada", text: "x", at: 1 });

async function say(text: string): Promise<number> {
  const line = await socket.emitWithAck("say", text);
  return "error" in line ? 0 : line.at;
}
say("hello");
