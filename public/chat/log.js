// The conversation: lines in the order of the server's clock, with notices between them.
import { hue, initial } from "./hue.js";

const kept = 500;
const groupedWithin = 5 * 60 * 1000;
const address = /\bhttps?:\/\/[^\s<>"]+[^\s<>"'.,;:!?)\]]/g;
const onlyEmoji = /^(?:\p{RGI_Emoji}|\s){1,6}$/v;

export class Log {
  #list;
  #newer;
  #again;
  #known = new Set();
  #isAtEnd = true;

  constructor(list, newer, { again }) {
    this.#list = list;
    this.#newer = newer;
    this.#again = again;
    list.addEventListener("scroll", () => {
      this.#isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
      if (this.#isAtEnd) newer.hidden = true;
    });
    newer.addEventListener("click", () => this.#toEnd());
    // The last line stays visible when a keyboard opens or the message field grows.
    new ResizeObserver(() => this.#isAtEnd && this.#toEnd()).observe(list);
  }

  /** Shows a line that was received. */
  add(line, ownName) {
    if (!this.#isNew(line)) return;
    this.#append(this.#item(line, line.who === ownName));
  }

  /** Whether a line is seen for the first time; two servers may give two lines one time. */
  #isNew({ at, who }) {
    const key = `${at} ${who}`;
    return !this.#known.has(key) && this.#known.add(key);
  }

  /** Shows the lines from before this page joined, or from the time when it was disconnected. */
  merge(lines, ownName) {
    for (const line of lines) this.add(line, ownName);
    this.#toEnd();
  }

  /** Shows a line of this page that is being sent; returns its entry, for `delivered` and `failed`. */
  say(text, ownName) {
    const item = this.#item({ who: ownName, text, at: Date.now() }, true);
    item.classList.add("pending");
    this.#append(item);
    this.#toEnd();
    return { text, item };
  }

  delivered({ item }, line) {
    item.classList.remove("pending", "failed");
    item.querySelector(".again")?.remove();
    // After a reconnect, the line may already be among the last lines of the room.
    if (!this.#isNew(line)) return item.remove();
    item.dataset.at = line.at;
    this.#setTime(item.querySelector("time"), line.at);
    this.#place(item);
  }

  failed(entry, reason) {
    const { item } = entry;
    item.classList.remove("pending");
    item.classList.add("failed");
    item.querySelector(".again")?.remove();
    const button = document.createElement("button");
    button.type = "button";
    button.className = "again";
    button.textContent = `${reason} – send again`;
    button.addEventListener("click", () => {
      button.remove();
      item.classList.replace("failed", "pending");
      this.#again(entry);
    });
    item.querySelector(".bubble").append(button);
    if (this.#isAtEnd) this.#toEnd();
  }

  /** Shows a notice. */
  notice(text) {
    const item = document.createElement("li");
    item.className = "notice";
    const label = document.createElement("bdi");
    label.textContent = text;
    item.append(label);
    this.#append(item);
  }

  #append(item) {
    this.#place(item);
    while (this.#list.childElementCount > kept) this.#list.firstElementChild.remove();
    if (this.#isAtEnd) this.#toEnd();
    else if (item.dataset.who !== undefined) this.#newer.hidden = false;
  }

  /** Inserts an item in the order of time: lines can be received in another order than that of the server. */
  #place(item) {
    // Lines that are being sent stay last, because they have no time of the server yet.
    const isLater = (one, other) => one && other && !other.classList.contains("pending")
      && (one.classList.contains("pending") || Number(one.dataset.at) > Number(other.dataset.at));
    const following = item.nextElementSibling;
    if (item.isConnected && !isLater(item.previousElementSibling, item) && !isLater(item, following)) return;
    item.remove();
    let next = null;
    let previous = this.#list.lastElementChild;
    while (isLater(previous, item)) [next, previous] = [previous, previous.previousElementSibling];
    this.#list.insertBefore(item, next);
    for (const changed of [item, next, following]) if (changed) this.#group(changed);
  }

  /** Hides the name of a line that follows a line of the same person. */
  #group(item) {
    const previous = item.previousElementSibling;
    const isFollowing = item.dataset.who !== undefined && previous?.dataset.who === item.dataset.who
      && Math.abs(Number(item.dataset.at) - Number(previous.dataset.at)) < groupedWithin;
    item.classList.toggle("following", isFollowing);
  }

  #toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#isAtEnd = true;
    this.#newer.hidden = true;
  }

  #item({ who, text, at }, isMine) {
    const item = document.createElement("li");
    item.className = isMine ? "line mine" : "line";
    item.dataset.at = at;
    item.dataset.who = who;
    item.style.setProperty("--hue", hue(who));

    const avatar = document.createElement("span");
    avatar.className = "avatar";
    avatar.textContent = initial(who);
    avatar.ariaHidden = "true";

    const bubble = document.createElement("div");
    bubble.className = "bubble";
    const name = document.createElement("bdi");
    name.className = "who";
    name.textContent = who;
    const words = document.createElement("p");
    words.className = onlyEmoji.test(text) ? "words large" : "words";
    words.dir = "auto";
    words.append(...this.#linked(text));
    const time = document.createElement("time");
    this.#setTime(time, at);
    bubble.append(name, words, time);
    item.append(avatar, bubble);
    return item;
  }

  #setTime(time, at) {
    const date = new Date(at);
    time.dateTime = date.toISOString();
    time.textContent = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  }

  /** The text with URLs as links; all other text is inserted as text, never as HTML. */
  #linked(text) {
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(address)) {
      parts.push(text.slice(end, match.index));
      const link = document.createElement("a");
      link.href = match[0];
      link.textContent = match[0];
      link.rel = "noopener noreferrer nofollow";
      link.target = "_blank";
      parts.push(link);
      end = match.index + match[0].length;
    }
    parts.push(text.slice(end));
    return parts;
  }
}
