// What the HTML dialects have in common: escaping, and safe attributes.

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>]/g, (sign) => ESCAPES[sign] ?? sign);
}

export function escapeAttribute(text: string): string {
  return escapeHtml(text).replaceAll('"', "&quot;");
}

const LANGUAGE = /^[A-Za-z0-9_+#.-]{1,32}$/;

/** Opening signs of a code block; a language that could not stand in a class is left out. */
export function openCode(language: string): string {
  return LANGUAGE.test(language) ? `<pre><code class="language-${escapeAttribute(language)}">` : "<pre><code>";
}
