/** The colour of a name, in degrees on the colour circle; the same on every page. */
export function hue(name) {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193) >>> 0;
  // In steps of 30 degrees, so that two colours are either equal or clearly different.
  return ((hash >>> 8) % 12) * 30 + 8;
}

/** The letter in the circle of a name: its first grapheme. */
export function initial(name) {
  const [first] = new Intl.Segmenter().segment(name);
  return (first?.segment ?? "?").toUpperCase();
}
