// Addresses of what can be read here, and back. Pure.
//   homarus://config                       the settings, secrets masked
//   homarus://workspace/{agent}/{name}     a text of an agent's workspace
//   homarus://sessions/{key}               a session as Markdown
//   homarus://sessions/{key}/messages      the same as JSON

export type Place =
  | { readonly type: "config" }
  | { readonly type: "workspace"; readonly agent: string; readonly name: string }
  | { readonly type: "session"; readonly key: string; readonly isJson: boolean };

export const templates = {
  workspace: "homarus://workspace/{agent}/{name}",
  session: "homarus://sessions/{key}",
  messages: "homarus://sessions/{key}/messages",
} as const;

const scheme = "homarus://";

export function uriOf(place: Place): string {
  switch (place.type) {
    case "config":
      return `${scheme}config`;
    case "workspace":
      return `${scheme}workspace/${encodeURIComponent(place.agent)}/${encodeURIComponent(place.name)}`;
    case "session":
      return `${scheme}sessions/${encodeURIComponent(place.key)}${place.isJson ? "/messages" : ""}`;
  }
}

/** Undefined for what is no address of ours. Reserved characters may be written as they are, as long as it is clear. */
export function placeOf(uri: string): Place | undefined {
  if (!uri.startsWith(scheme)) return undefined;
  const [kind, first, second, ...more] = uri.slice(scheme.length).split("/").map(decoded);
  if (more.length > 0 || first === "" || second === "") return undefined;
  if (kind === "config") return first === undefined ? { type: "config" } : undefined;
  if (first === undefined) return undefined;
  if (kind === "workspace") return second === undefined ? undefined : { type: "workspace", agent: first, name: second };
  if (kind !== "sessions" || (second !== undefined && second !== "messages")) return undefined;
  return { type: "session", key: first, isJson: second !== undefined };
}

/** A broken escape stays as it is: nothing of that name will be found. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * The ways in which clients write the addresses of a session: by the template, or with its colons as they are. Who
 * follows an address is told by the very text it gave.
 */
export function sessionUris(key: string): readonly string[] {
  const plain = `${scheme}sessions/${key}`;
  const uris = [false, true].map((isJson) => uriOf({ type: "session", key, isJson }));
  return [...new Set([...uris, plain, `${plain}/messages`])];
}
