// Hosts, methods and paths against the patterns that owners write. A path is read in each way that a server might read
// it: what allows must fit all of them, what denies must fit one.

const defaultPorts = new Set([80, 443]);

/** Names that mean something inside a network only (RFC 6761, 6762, 8375; and what routers and clouds use). */
const internalName =
  /^(?!.*\.\.)([^.]+|.*\.(localhost|localdomain|local|internal|intranet|lan|home|corp|private|home\.arpa))$/;

/** Lower case, in ASCII, addresses in their one spelling; undefined for what names no host. */
export function canonicalHost(written: string): string | undefined {
  const isBare = written.includes(":") && !written.startsWith("[");
  const text = `http://${isBare ? `[${written}]` : written}/`;
  if (/[@/?#\\%\s]/.test(written) || !URL.canParse(text)) return undefined;
  const { hostname, port } = new URL(text);
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return host === "" || host.endsWith(".") || port !== "" ? undefined : host;
}

/** Whether nobody outside the own network has such a name. Addresses are not names. */
export function isInternalName(host: string): boolean {
  return !host.includes(":") && !/^\d+(\.\d+){3}$/.test(host) && internalName.test(host);
}

/** This machine, also as programs in containers call it; what is sent there crosses no network. */
export function isThisMachine(host: string): boolean {
  return /^(.*\.)?localhost$|^127(\.\d{1,3}){3}$|^::1$|^host\.(homarus|docker|containers)\.internal$/.test(host);
}

export function splitPattern(pattern: string): { readonly name: string; readonly port: string | undefined } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}|\*))?$/.exec(pattern.trim()) ?? [];
  // An IPv6 address without brackets has no port.
  return { name: (bracketed ?? plain ?? pattern.trim()).toLowerCase().replace(/\.$/, ""), port };
}

export function hostFits(pattern: string, host: string, port: number): boolean {
  const { name, port: wanted } = splitPattern(pattern);
  if (wanted === undefined ? !defaultPorts.has(port) : wanted !== "*" && Number(wanted) !== port) return false;
  if (name === "*") return true;
  if (name.startsWith("*.")) return host.endsWith(name.slice(1)) && host.length > name.length - 1;
  return (name.includes("*") ? undefined : canonicalHost(name)) === host;
}

export function methodFits(methods: readonly string[] | undefined, method: string): boolean {
  return !methods || methods.some((item) => item === "*" || item.toUpperCase() === method.toUpperCase());
}

/** `all`: each reading of the path has to fit one of the patterns. */
export function pathFits(patterns: readonly string[] | undefined, target: string, how: "all" | "any"): boolean {
  if (!patterns) return true;
  const expressions = patterns.map(expressionOf);
  const fits = (path: string) => expressions.some((expression) => expression.test(path));
  const readings = pathReadings(target);
  return how === "all" ? readings.every(fits) : readings.some(fits);
}

/** The path as it is, decoded once and twice, each with its dots followed. */
export function pathReadings(target: string): readonly string[] {
  const raw = target.split(/[?#]/, 1)[0] ?? "";
  const once = decodeOnce(raw);
  const twice = decodeOnce(once);
  return [...new Set([raw, ...[raw, once, twice].map(followDots)])];
}

function decodeOnce(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function followDots(path: string): string {
  const parts: string[] = [];
  // A parameter (`;x`) ends a part for some servers; a backslash is a slash for others.
  for (const part of path.replaceAll("\\", "/").split("/").slice(1)) {
    const name = part.split(";", 1)[0] ?? "";
    if (name === "..") parts.pop();
    else if (name !== "." && part !== "") parts.push(part);
  }
  return `/${parts.join("/")}${/.\/$/.test(path) && parts.length > 0 ? "/" : ""}`;
}

function expressionOf(pattern: string): RegExp {
  const source = pattern.replace(/\/\*\*$|\*\*|\*|[.+?^${}()|[\]\\]/g, (piece) => {
    if (piece === "/**") return "(?:/.*)?";
    if (piece === "**") return ".*";
    return piece === "*" ? "[^/]*" : `\\${piece}`;
  });
  return new RegExp(`^${source}$`, "s");
}
