/** A colour for a name, the same on every page: degrees on the colour circle. */
export function hue(name) {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193) >>> 0;
  // Steps of 30 degrees keep neighbours apart.
  return ((hash >>> 8) % 12) * 30 + 8;
}

/** What stands in a name's circle: its first character, as people count characters. */
export function initial(name) {
  const [first] = new Intl.Segmenter().segment(name);
  return (first?.segment ?? "?").toUpperCase();
}
