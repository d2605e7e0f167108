// Which addresses may become a link. An allow-list: a scheme nobody named never becomes one.

const SAFE = new Set(["http", "https", "mailto", "tel", "tg", "matrix", "xmpp", "sip", "sms"]);
const UNSAFE = new Set(["javascript", "data", "vbscript", "file", "blob", "about", "view-source"]);
const SCHEME = /^([a-z][a-z0-9+.-]*):/i;

/**
 * "safe" may be a link; "shown" may be written out as text but not be a link (relative paths,
 * unknown schemes); "unsafe" is not even written out. Spaces and control characters, which
 * browsers skip within a scheme, do not hide one.
 */
export function judgeLink(href: string): "safe" | "shown" | "unsafe" {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const scheme = SCHEME.exec(href.replaceAll(/[\u0000-\u0020\u007f-\u009f\u200b\ufeff]/g, ""))?.[1];
  if (scheme === undefined) return "shown";
  if (UNSAFE.has(scheme.toLowerCase())) return "unsafe";
  return SAFE.has(scheme.toLowerCase()) ? "safe" : "shown";
}

/** The address as text to follow a link's words: " (https://...)", or "" where it says nothing new. */
export function addressAfter(text: string, href: string): string {
  const bare = href.replace(/^(?:mailto|tel):/i, "");
  const known = [href, bare, href.replace(/^https?:\/\//i, "")].includes(text.trim());
  return known || href === "" || judgeLink(href) === "unsafe" ? "" : ` (${href})`;
}
