// How a sandbox is told no: a status, a code in a header, and a body that a model or a person can learn from.
import type { Duplex } from "node:stream";
import { Fault, type FaultKind, isFault } from "@homarus/sdk";
import { type Headers, writeHead } from "./head.ts";
import type { Denial } from "./parts.ts";
import { send } from "./reader.ts";

const statuses: Readonly<Record<FaultKind, string>> = {
  denied: "403 Forbidden",
  auth: "407 Proxy Authentication Required",
  invalid: "400 Bad Request",
  overflow: "413 Content Too Large",
  limited: "503 Service Unavailable",
  unavailable: "502 Bad Gateway",
  config: "502 Bad Gateway",
  aborted: "502 Bad Gateway",
  bug: "502 Bad Gateway",
};

/** Faults whose cause is no business of the sandbox are told as one. */
export function asRefusal(thrown: unknown, wasSent = false): Fault {
  if (isFault(thrown) && thrown.code.startsWith("egress.")) return thrown;
  if (isFault(thrown) && thrown.kind === "aborted")
    return new Fault("aborted", "egress.closed", "The door was closed.");
  if (wasSent)
    return new Fault("unavailable", "egress.broken", "The connection to the host broke after the request was sent.", {
      cause: thrown,
      hint: "It may have been carried out: look there before you send it again.",
    });
  return new Fault("unavailable", "egress.failed", "The request failed on its way and was not passed on.", {
    cause: thrown,
    hint: "Try again; if it stays so, the owner finds more in the log of the house.",
  });
}

export function deniedFault({ code, reason, hint }: Denial): Fault {
  return new Fault("denied", code, reason, { hint });
}

export function statusOf(fault: Fault): number {
  return Number(statuses[fault.kind].slice(0, 3));
}

export async function sendRefusal(socket: Duplex, fault: Fault, { close }: { readonly close: boolean }): Promise<void> {
  const body = Buffer.from(`${[fault.message, fault.hint].filter(Boolean).join("\n")}\n`);
  const headers: Headers = [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Content-Length", String(body.length)],
    ["X-Homarus-Denied", fault.code],
    ["Cache-Control", "no-store"],
    ...(fault.kind === "auth" ? [["Proxy-Authenticate", 'Basic realm="homarus"'] as const] : []),
    ["Connection", close ? "close" : "keep-alive"],
  ];
  await send(socket, Buffer.concat([writeHead(`HTTP/1.1 ${statuses[fault.kind]}`, headers), body]));
}
