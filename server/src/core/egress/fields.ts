// The places of a request in which something can be carried out a little at a time, each by a name that stays the same
// from one request to the next: labels of the host, parts of the path, parameters, headers, members of a body.

export interface Field {
  readonly name: string;
  readonly text: string;
  /** The name alone, where whoever sends the request chose it. */
  readonly own?: string;
}

interface Request {
  readonly method: string;
  readonly host: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bodies: readonly Uint8Array[];
}

/** A larger body is looked through as a whole, not by its members. */
const largestForm = 16_384;
const mostMembers = 64;

export function fieldsOf(request: Request): readonly Field[] {
  const [path = "", query = ""] = request.target.split(/\?(.*)/s, 2);
  const labels = request.host.split(".");
  const domain = labels.slice(-2).join(".");
  const parts = path.split("/").filter((part) => part !== "");
  return [
    ...labels.slice(0, -2).map((text, index) => ({ name: `${domain} label ${labels.length - index}`, text })),
    ...parts.map((text, index) => ({ name: `${domain} path ${index}`, text })),
    ...pairsOf(query).map(([own, text]) => ({ name: `${domain} query ${own}`, text, own })),
    ...request.headers.map(([name, text]) => ({
      name: `${domain} header ${name.toLowerCase()}`,
      text,
      own: name.replace(/^x-/i, ""),
    })),
    ...request.bodies.flatMap((body, index) => membersOf(body, `${domain} body ${index}`)),
  ];
}

function pairsOf(query: string): readonly (readonly [name: string, value: string])[] {
  return query
    .split("&", mostMembers)
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", value] = pair.split(/=(.*)/s, 2);
      return value === undefined ? ["", name] : [name, value];
    });
}

function membersOf(body: Uint8Array, name: string): readonly Field[] {
  if (body.length === 0 || body.length > largestForm) return [];
  const text = new TextDecoder("latin1").decode(body);
  const strings = Array.from(text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:\s*"((?:[^"\\]|\\.)*)"/g)).slice(0, mostMembers);
  const pairs = /^[\w.%[\]-]+=/.test(text) ? pairsOf(text) : strings.map(([, key = "", value = ""]) => [key, value]);
  return [
    { name, text },
    ...pairs.map(([key = "", value = ""]) => ({ name: `${name} ${key}`, text: value, own: key })),
  ];
}
