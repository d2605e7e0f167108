// What a client sent, in words that an error or a person can read. Objects come from JSON: theirs may be a `toString` that
// is no function, so that the language's own conversion throws.

const longest = 200;

export function shown(value: unknown): string {
  const words = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return words.length > longest ? `${words.slice(0, longest)}…` : words;
}
