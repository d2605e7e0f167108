// The platform's HTML dialect from its own side: what a reader sees of a text, and which markup it refuses
// (https://core.telegram.org/bots/api#html-style).

type Params = Readonly<Record<string, unknown>>;

/** The platform counts the text after its entities were parsed. */
export function visible(text: string, params: Params): string {
  if (params.parse_mode !== "HTML") return text;
  return text
    .replace(/<[^>]*>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
}

const knownTags = new Set([
  ...["b", "strong", "i", "em", "u", "s", "del", "code", "pre", "a", "blockquote", "tg-spoiler", "span"],
]);

/** Tags must be known and closed in order; a bare & or < is refused. Undefined when all is well. */
export function brokenHtml(text: string): string | undefined {
  const open: string[] = [];
  for (const [tag, slash, name = ""] of text.matchAll(/<(\/?)([a-z-]*)[^>]*>?/g)) {
    if (!knownTags.has(name) || !tag.endsWith(">")) return `unsupported start tag "${name}"`;
    if (!slash) open.push(name);
    else if (open.pop() !== name) return `unexpected end tag "${name}"`;
  }
  if (open.length > 0) return `can't find end tag corresponding to start tag "${open.at(-1)}"`;
  return /&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-f]+);)/i.test(text) ? "bare ampersand" : undefined;
}

/** Why a text is refused, in the platform's words. */
export function refusedText(params: Params): string | undefined {
  const text = String(params.text ?? "");
  if (!text.isWellFormed()) return "Bad Request: strings must be encoded in UTF-8";
  if (text.trim() === "") return "Bad Request: message text is empty";
  if (visible(text, params).length > 4096) return "Bad Request: message is too long";
  const broken = params.parse_mode === "HTML" ? brokenHtml(text) : undefined;
  return broken ? `Bad Request: can't parse entities: ${broken}` : undefined;
}
