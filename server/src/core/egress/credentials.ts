// Secrets where they belong: into the header, query or login that a rule names, and in the place of placeholders such as
// `homarus-secret:NAME`, towards hosts that the secret is bound to. A sandbox holds placeholders only.
import type { EgressCredential, EgressDenied, InjectCredentials } from "@homarus/sdk";

const placeholder = /homarus-secret(?::|%3a)((?:[\w./-]|%2f)+)/gi;
const basicLogin = /^basic\s+([\w+/=-]+)$/i;

/** What the environment of an agent may hold instead of the secret. */
export const placeholderOf = (secret: string): string => `homarus-secret:${secret}`;

/** Headers in which programs send a key: where a rule puts one in, the others may hold no placeholder of it. */
const keyHeaders = new Set(["authorization", "x-api-key", "x-goog-api-key", "api-key"]);

type Headers = readonly (readonly [name: string, value: string])[];

export const injectCredentials: InjectCredentials = (head, credentials, secrets) => {
  const bound = new Map<string, string>();
  for (const { secret } of credentials) {
    const value = secrets.find((item) => item.name === secret)?.value;
    if (value === undefined || /[\r\n\0]/.test(value)) return missing(secret);
    bound.set(secret, value);
  }
  const placed = credentials.filter((item) => item.header !== undefined || item.basic !== undefined);
  const kept = withoutReplaced(head.headers, placed);
  const refused = unboundIn([head.target, ...kept.map(([name, value]) => opened(name, value))], bound);
  if (refused !== undefined) return unbound(refused);
  const headers: [string, string][] = kept.map(([name, value]) => [name, fillHeader(name, value, bound)]);
  for (const item of placed) headers.push(headerOf(item, bound.get(item.secret) ?? ""));
  const filled = fill(head.target, (name) => encodeURIComponent(bound.get(name) ?? ""));
  const target = credentials.reduce((before, item) => withQuery(before, item, bound.get(item.secret) ?? ""), filled);
  return { type: "done", head: { target, headers } };
};

function withoutReplaced(headers: Headers, placed: readonly EgressCredential[]): Headers {
  if (placed.length === 0) return headers;
  const names = new Set(
    placed.map((item) => (item.basic !== undefined ? "authorization" : (item.header ?? "").toLowerCase())),
  );
  const secrets = new Set(placed.map((item) => item.secret));
  return headers.filter(([name, value]) => {
    const lower = name.toLowerCase();
    if (names.has(lower)) return false;
    return !keyHeaders.has(lower) || !namesIn(opened(name, value)).some((secret) => secrets.has(secret));
  });
}

function headerOf(item: EgressCredential, value: string): [string, string] {
  if (item.basic !== undefined) return ["authorization", `Basic ${toBase64(`${item.basic}:${value}`)}`];
  return [item.header ?? "", `${item.prefix ?? ""}${value}`];
}

/** The parameter is replaced, whatever the sandbox wrote there. */
function withQuery(target: string, item: EgressCredential, value: string): string {
  if (item.query === undefined) return target;
  const [path = "", query = ""] = target.split(/\?(.*)/s, 2);
  const kept = query.split("&").filter((pair) => pair !== "" && decode(pair.split("=", 1)[0] ?? "") !== item.query);
  return `${path}?${[...kept, `${encodeURIComponent(item.query)}=${encodeURIComponent(value)}`].join("&")}`;
}

/** A login of HTTP Basic is looked into: git and npm put the placeholder there. */
function opened(name: string, value: string): string {
  const login = name.toLowerCase() === "authorization" ? basicLogin.exec(value)?.[1] : undefined;
  return login === undefined ? value : (fromBase64(login) ?? value);
}

function fillHeader(name: string, value: string, bound: ReadonlyMap<string, string>): string {
  const inside = opened(name, value);
  const filled = fill(inside, (secret) => bound.get(secret) ?? "");
  if (inside === value) return filled;
  return filled === inside ? value : `Basic ${toBase64(filled)}`;
}

function fill(text: string, secretOf: (secret: string) => string): string {
  return text.replace(placeholder, (_, name: string) => secretOf(decode(name)));
}

function namesIn(text: string): readonly string[] {
  return Array.from(text.matchAll(placeholder), (match) => decode(match[1] ?? ""));
}

function unboundIn(texts: readonly string[], bound: ReadonlyMap<string, string>): string | undefined {
  return texts.flatMap(namesIn).find((name) => !bound.has(name));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded after all: then it is what it says.
    return text;
  }
}

function toBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function fromBase64(text: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
  } catch {
    // No base64: whoever reads the header will say so.
    return undefined;
  }
}

function missing(secret: string): EgressDenied {
  return {
    type: "deny",
    code: "egress.no-secret",
    reason: `The secret "${secret}" that belongs into this request is not there, or cannot stand in a header.`,
    hint: `The owner can set it with \`homarus secrets set ${secret}\`.`,
  };
}

function unbound(secret: string): EgressDenied {
  return {
    type: "deny",
    code: "egress.unbound-secret",
    reason: `The placeholder of the secret "${secret}" was sent to a host that it is not bound to.`,
    hint: `The owner binds it with credential: { secret: "${secret}" } in a rule for this host in egress.rules of homarus.json.`,
  };
}
