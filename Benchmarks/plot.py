"""Draws measurements as SVG: one or several lines over a logarithmic axis of sizes."""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 78, 24, 44, 78
COLOURS = ["#d9480f", "#1971c2", "#2f9e44", "#7048e8"]


def number(value):
    """A short text: 20k, 1.5M."""
    for divisor, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= divisor:
            return f"{value / divisor:.3g}{unit}"
    return f"{value:.3g}"


def round_up(value):
    """The next of 1, 2, 5, 10, 20, 50…"""
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.999999)


class Axis:
    """Maps values to places between two ends: by their logarithms, or from zero."""

    def __init__(self, values, start, end, is_logarithmic):
        self.start, self.end, self.is_logarithmic = start, end, is_logarithmic
        if is_logarithmic:
            self.low = math.floor(math.log10(min(values)) + 1e-9)
            self.high = max(self.low + 1, math.ceil(math.log10(max(values)) - 1e-9))
            self.ticks = [10.0**power for power in range(self.low, self.high + 1)]
        else:
            self.low, step = 0, round_up(max(values) / 5)
            self.high = step * math.ceil(max(values) / step - 1e-9)
            self.ticks = [step * count for count in range(round(self.high / step) + 1)]

    def place(self, value):
        value = math.log10(value) if self.is_logarithmic else value
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def draw(path, title, horizontal, vertical, lines, is_logarithmic=False):
    """Writes a picture. `lines` has a list of (x, y) for each name; `is_logarithmic` is about the vertical axis."""
    points = [point for line in lines.values() for point in line]
    x_axis = Axis([x for x, _ in points], LEFT, WIDTH - RIGHT, True)
    y_axis = Axis([y for _, y in points], HEIGHT - BOTTOM, TOP, is_logarithmic)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" fill="#333">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="24" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for tick in y_axis.ticks:
        y = y_axis.place(tick)
        out.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{number(tick)}</text>')
    for tick in x_axis.ticks:
        x = x_axis.place(tick)
        out.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        out.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{number(tick)}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    out.append(f'<text x="{middle}" y="{HEIGHT - BOTTOM + 36}" text-anchor="middle">{escape(horizontal)}</text>')
    out.append(f'<text transform="translate(16 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">{escape(vertical)}</text>')
    for index, (name, line) in enumerate(lines.items()):
        colour = COLOURS[index % len(COLOURS)]
        places = [(x_axis.place(x), y_axis.place(y)) for x, y in line]
        out.append(f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out.extend(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places)
        left = LEFT + index * (WIDTH - LEFT - RIGHT) / max(2, len(lines))
        out.append(f'<circle cx="{left + 5:.0f}" cy="{HEIGHT - 18}" r="5" fill="{colour}"/>')
        out.append(f'<text x="{left + 16:.0f}" y="{HEIGHT - 14}">{escape(name)}</text>')
    with open(path, "w") as file:
        file.write("\n".join([*out, "</svg>", ""]))
