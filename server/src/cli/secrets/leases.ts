// `homarus secrets lease`, `leases` and `unlease`: the owner lets programs of his own read secrets for a while.
import { randomBytes } from "node:crypto";
import type { Invocation } from "../command.ts";
import { type Connected, connect } from "../connect.ts";
import { numberOption, textOption } from "../options.ts";
import { ago, printJson, printLine, printTable } from "../print.ts";
import { wrong } from "../wrong.ts";

interface Row {
  readonly id: string;
  readonly names: readonly string[];
  readonly note?: string;
  readonly state: "open" | "over" | "used-up" | "ended";
  readonly endsAtMs: number;
  readonly uses?: number;
  readonly used: number;
  readonly lastUsedAtMs?: number;
}

export async function lease(invocation: Invocation): Promise<number> {
  const [, ...names] = invocation.operands;
  const { options } = invocation;
  if (names.length === 0)
    throw wrong("homarus secrets lease wants names of secrets.", "homarus secrets list shows them.");
  const [span, note] = [textOption(options.for), textOption(options.note)];
  const wish = {
    ...{ names, ...numberOption("uses", options.uses) },
    ...(span === undefined ? {} : { ttlMs: spanOf(span) }),
    ...(note === undefined ? {} : { note }),
  };
  await using connected = await connect(invocation, { otherwise: "embed" });
  // Made here, so that it passes the wire once and in one direction.
  const token = `hl_${randomBytes(32).toString("base64url")}`;
  const made = await connected.client.request<{ readonly lease: Row; readonly socket: string }>(
    "secrets.leases.create",
    { ...wish, token },
  );
  if (options.json) printJson({ ok: true, token, ...made });
  else say(token, made, connected);
  return 0;
}

function say(
  token: string,
  { lease: { id, names, endsAtMs, uses }, socket }: { readonly lease: Row; readonly socket: string },
  { isEmbedded }: Connected,
): void {
  printLine(token);
  const often = uses === undefined ? "" : `, ${uses === 1 ? "once" : `${uses} times`}`;
  printLine(`Lease ${id} reads ${names.join(", ")} until ${new Date(endsAtMs).toLocaleString()}${often}.`);
  printLine("The token is shown this once. A program has it in HOMARUS_LEASE_TOKEN: homarus secrets read <name>, or");
  printLine(
    `curl --unix-socket ${socket} -H "Authorization: Bearer $HOMARUS_LEASE_TOKEN" http://secrets/v1/${names[0]}`,
  );
  if (isEmbedded) printLine("No gateway is running: it gives nothing before homarus gateway is started.");
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function spanOf(text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (units[unit] ?? 0);
  if (ms > 0) return ms;
  throw wrong(`"${text}" is no time that a lease may last.`, "Write 90s, 10m or 8h.", "cli.leases");
}

export async function leases(invocation: Invocation): Promise<number> {
  await using connected = await connect(invocation, { otherwise: "embed" });
  const { leases: rows } = await connected.client.request<{ readonly leases: readonly Row[] }>(
    "secrets.leases.list",
    {},
  );
  if (invocation.options.json) printJson({ ok: true, leases: rows });
  else if (rows.length === 0) printLine("Nothing is leased: homarus secrets lease <name> makes a lease.");
  else
    printTable(
      ["LEASE", "SECRETS", "STATE", "ENDS", "USED", "LAST USED", "NOTE"],
      rows.map(({ id, names, state, endsAtMs, used, uses, lastUsedAtMs, note = "" }) => [
        ...[id, names.join(" "), state, new Date(endsAtMs).toLocaleString()],
        uses === undefined ? String(used) : `${used} of ${uses}`,
        lastUsedAtMs === undefined ? "never" : ago(lastUsedAtMs),
        note,
      ]),
    );
  return 0;
}

export async function unlease(invocation: Invocation): Promise<number> {
  const { operands, options } = invocation;
  const [, id, ...more] = operands;
  if (more.length > 0 || (id === undefined) === (options.all !== true))
    throw wrong("homarus secrets unlease wants the id of one lease, or --all.", "homarus secrets leases shows them.");
  await using connected = await connect(invocation, { otherwise: "embed" });
  const wish = id === undefined ? {} : { id };
  const { ended } = await connected.client.request<{ readonly ended: readonly string[] }>("secrets.leases.end", wish);
  if (options.json) printJson({ ok: true, ended });
  else printLine(ended.length === 0 ? "No lease was open." : `Ended: ${ended.join(", ")}.`);
  return 0;
}
