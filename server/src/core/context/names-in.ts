// Names that a summary must not change by a letter: ids, addresses, hosts and ports, paths, hashes.

const patterns: readonly RegExp[] = [
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi,
  /\bhttps?:\/\/[^\s<>"'`)\]}]+/gi,
  /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g,
  /\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b/g,
  /\b[a-z0-9-]+(?:\.[a-z0-9-]+)*:\d{2,5}\b/gi,
  /\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|dev|local|lan|internal|home|example|de|fr|eu|uk|ch|at)\b/gi,
  /(?:~|[\w.@+-]+)?(?:\/[\w.@+-]+){2,}\/?/g,
  /\b[\w-]+(?:\/[\w.-]+)*\.(?:ts|tsx|js|mjs|py|rs|go|java|c|h|cpp|md|txt|json|ya?ml|toml|csv|sql|sh|pdf|png|jpe?g|html|css|log|conf|ini|xlsx?|docx?)\b/g,
  /\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b/g,
  /\b[A-Z][A-Z0-9]+-\d+(?:-\d+)*\b/g,
  /#\d{2,}\b/g,
];

const longest = 200;

/** In the order they first occur, each once, at most so many. */
export function namesIn(text: string, most: number): readonly string[] {
  const found = new Map<string, number>();
  const taken: [number, number][] = [];
  for (const pattern of patterns) {
    for (const match of text.matchAll(pattern)) {
      const begin = match.index;
      const name = match[0].replace(/[.,;:!?]+$/, "");
      const end = begin + name.length;
      // A host within an address that was found already is no name of its own.
      if (name.length > longest || taken.some(([from, to]) => begin < to && end > from)) continue;
      taken.push([begin, end]);
      if (!found.has(name)) found.set(name, begin);
    }
  }
  return [...found]
    .sort((a, b) => a[1] - b[1])
    .slice(0, most)
    .map(([name]) => name);
}
