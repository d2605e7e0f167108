// Where a request goes, out of what the sandbox wrote: the parts of an address that programs read in different ways are
// brought into one spelling, or refused.
import { Fault } from "@homarus/sdk";
import type { Origin } from "./parts.ts";

const defaultPort = { http: 80, https: 443 } as const;

/** `host:port` of a Host header, a CONNECT or an address. Undefined where it names no host. */
export function readAuthority(written: string, scheme: "http" | "https"): Origin | undefined {
  // A user name, a zone, a path or an escape has no place here; the URL parser would take some of them.
  if (written === "" || /[^\w.:[\]~-]/.test(written)) return undefined;
  const text = `http://${written}/`;
  if (!URL.canParse(text)) return undefined;
  const { hostname } = new URL(text);
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const port = /:(\d{1,5})$/.exec(written.replace(/^\[[^\]]*\]/, ""))?.[1];
  const number = port === undefined ? defaultPort[scheme] : Number(port);
  if (host === "" || host.endsWith(".") || number < 1 || number > 65_535) return undefined;
  return { scheme, host, port: number };
}

/** The address of a request to the proxy itself, in absolute form (RFC 9112, 3.2.2). */
export function readAbsolute(target: string): { readonly origin: Origin; readonly target: string } | undefined {
  const [, scheme = "", authority = "", rest = ""] = /^(https?):\/\/([^/?#\\]*)([^#]*)$/i.exec(target) ?? [];
  const origin = readAuthority(authority, scheme.toLowerCase() === "https" ? "https" : "http");
  return origin && scheme !== "" ? { origin, target: rest.startsWith("/") ? rest : `/${rest}` } : undefined;
}

export function isSameHost(one: Origin, other: Origin): boolean {
  return one.host === other.host && one.port === other.port;
}

export function authorityText({ scheme, host, port }: Origin): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === defaultPort[scheme] ? name : `${name}:${port}`;
}

export function mismatch(): Fault {
  return new Fault("denied", "egress.host-mismatch", "The request names one host in its address and another inside.", {
    hint: "The Host header, the tunnel and the address must name the same host. No rule allows anything else.",
  });
}
