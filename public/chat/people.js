// The list of the people in the room.
import { hue } from "./hue.js";

export class People {
  #list;
  #count;
  #events;
  #version = -1;
  #names = [];

  constructor(list, count, events) {
    this.#list = list;
    this.#count = count;
    this.#events = events;
  }

  /** Sets the list after joining a room, without notices. */
  reset({ version, names }, ownName) {
    this.#version = version;
    this.#show(names, ownName);
  }

  /** Sets a newer list, with notices of the people who came and left; an older list is ignored. */
  update({ version, names }, ownName) {
    if (version <= this.#version) return;
    this.#version = version;
    const [before, now] = [new Set(this.#names), new Set(names)];
    for (const name of names) if (!before.has(name)) this.#events.came(name);
    for (const name of this.#names) if (!now.has(name)) this.#events.left(name);
    this.#show(names, ownName);
  }

  #show(names, ownName) {
    this.#names = names;
    this.#count.textContent = names.length;
    this.#list.replaceChildren(...names.map((name) => {
      const item = document.createElement("li");
      item.style.setProperty("--hue", hue(name));
      const label = document.createElement("bdi");
      label.textContent = name;
      item.append(label);
      if (name === ownName) item.classList.add("me");
      return item;
    }));
  }
}
