// From bytes to text: which character set, and whether it is text at all. Pure.

/** Whether a media type is text that can be shown as it is. */
export function isTextType(type: string): boolean {
  return /^text\/|^application\/(?:.*\+)?(?:json|xml|javascript|ecmascript|yaml|x-yaml|toml|x-ndjson|x-sh|sql|graphql|rtf|x-www-form-urlencoded)$|^image\/svg\+xml$/.test(
    type,
  );
}

export function isHtmlType(type: string): boolean {
  return type === "text/html" || type === "application/xhtml+xml";
}

/** The media type without its parameters, lower case. Where the server names none, the first bytes decide. */
export function mediaType(header: string | null, bytes: Uint8Array): string {
  const named = header?.split(";")[0]?.trim().toLowerCase();
  if (named) return named;
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 512));
  if (/^\s*<(?:!doctype html|html|head|body)\b/i.test(head)) return "text/html";
  return head.includes("\0") ? "application/octet-stream" : "text/plain";
}

/** Character set by byte order mark, header, then the page's own word for it; UTF-8 where none is known. */
export function decodeText(bytes: Uint8Array, header: string | null): string {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 2048));
  const marked =
    bytes[0] === 0xef && bytes[1] === 0xbb
      ? "utf-8"
      : bytes[0] === 0xff && bytes[1] === 0xfe
        ? "utf-16le"
        : bytes[0] === 0xfe && bytes[1] === 0xff
          ? "utf-16be"
          : undefined;
  const label =
    marked ??
    /charset\s*=\s*["']?([\w-]+)/i.exec(header ?? "")?.[1] ??
    /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1] ??
    "utf-8";
  return decoderFor(label).decode(bytes);
}

function decoderFor(label: string): { decode(bytes: Uint8Array): string } {
  try {
    return new TextDecoder(label as "utf-8");
  } catch {
    // A character set nobody knows: most pages are UTF-8, and what is not shows as replacement characters.
    return new TextDecoder();
  }
}
