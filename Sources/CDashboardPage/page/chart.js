// Two lines over the last two minutes.
import { rate, setText } from "./dom.js";

const LENGTH = 120;
const WIDTH = 600;
const HEIGHT = 110;

export class Chart {
  #points = [];
  #shapes;
  #peak;

  constructor(svg, peak) {
    const shape = (name, className) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", name);
      element.setAttribute("class", className);
      svg.append(element);
      return element;
    };
    for (const part of [1, 2, 3]) {
      const line = shape("path", "grid");
      line.setAttribute("d", `M0 ${(HEIGHT * part) / 4}H${WIDTH}`);
    }
    this.#shapes = ["out", "in"].map((name) => ({ name, area: shape("path", `area-${name}`), line: shape("path", name) }));
    this.#peak = peak;
  }

  add(point) {
    this.#points.push(point);
    if (this.#points.length > LENGTH) this.#points.shift();
    const peak = Math.max(1, ...this.#points.flatMap((each) => [each.in, each.out]));
    setText(this.#peak, `peak ${rate(peak)}`);
    const start = LENGTH - this.#points.length;
    for (const { name, area, line } of this.#shapes) {
      const places = this.#points.map((each, index) => {
        const x = ((start + index) / (LENGTH - 1)) * WIDTH;
        return `${x.toFixed(1)} ${(HEIGHT - 3 - (each[name] / peak) * (HEIGHT - 12)).toFixed(1)}`;
      });
      line.setAttribute("d", `M${places.join("L")}`);
      const [first] = places[0].split(" ");
      area.setAttribute("d", `M${first} ${HEIGHT}L${places.join("L")}L${WIDTH} ${HEIGHT}Z`);
    }
  }

  clear() { this.#points = []; }
}
