// Whether a command keeps to this machine: an address of it somewhere in the line is no proof, another one may stand beside it.
import type { Command } from "./verdict.ts";

const here = /^(localhost|127(\.\d+){3}|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal|[\w-]+\.local(domain)?)$/i;
const named = /^(?:[\w.+-]+@)?((?:[a-z\d_-]+\.)+[a-z]{2,}|\d+(?:\.\d+){3})(?::\d+)?(?:[:/?#]|$)/i;
const file =
  /\.(txt|lst|list|json|jsonl|csv|html?|xml|ya?ml|md|log|sql|gz|tgz|zip|tar|dump|db|sqlite3?|png|jpe?g|pdf|py|js|ts|sh|nse|lua|pem|crt|key|conf|toml|ini|env|bin|dat|out|bak)$/i;

/** Many rules ask the same of one command. */
const known = new WeakMap<Command, boolean>();

/** At least one address of this machine, and none of another. A computed address may be any. */
export function keepsHere(command: Command): boolean {
  const before = known.get(command);
  if (before !== undefined) return before;
  const hosts = command.args.flatMap(({ text }) => hostsIn(text));
  const keeps = hosts.length > 0 && hosts.every((host) => here.test(host));
  known.set(command, keeps);
  return keeps;
}

const privateNumber = /^(10|127|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])|0)\./;

/** Whether an address is a bare number of the public network: the machines of a house have names, or private numbers. */
export function meetsStranger({ args }: Command): boolean {
  return args
    .flatMap(({ text }) => hostsIn(text))
    .some((host) => /^\d+(\.\d+){3}$/.test(host) && !privateNumber.test(host));
}

function hostsIn(text: string): string[] {
  const urls = Array.from(
    text.matchAll(/\w:\/\/(?:[^\s/?#@]*@)?(\[[^\]]*\]|[^\s/:?#"']*)/g),
    (found) => found[1] ?? "",
  );
  if (urls.length > 0) return urls;
  const word = text.replace(/^-\w ?|^--[\w-]+=/, "");
  // "localhost:8080", "::1", "user@host:path".
  const plain = /^(?:\S+@)?(localhost|\[?::1\]?|host\.docker\.internal)(?=[:/?#]|$)/i.exec(word)?.[1];
  if (plain !== undefined) return [plain];
  const host = named.exec(word)?.[1];
  return host === undefined || file.test(host) ? [] : [host];
}
