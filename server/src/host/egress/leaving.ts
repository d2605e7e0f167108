// A tool's own request, before it leaves: what holds a secret of the house, or looks like a key, stays here, and the audit
// has it.
import { Fault, type LeakWatch } from "@homarus/sdk";
import { type Account, createAccount, record, recordFault } from "./account.ts";
import type { House } from "./parts.ts";
import { asRefusal } from "./refuse.ts";
import { unpackBody } from "./unpack.ts";

type Recording = Pick<House, "caller" | "clock" | "onEvent">;

/** Rejects with a `denied` Fault that names where the secret stood and not what it is. */
export async function refuseLeak(
  { input, init }: { readonly input: string | URL | Request; readonly init: RequestInit | undefined },
  house: Recording,
  watch: LeakWatch,
): Promise<void> {
  const request = new Request(input, init);
  const url = new URL(request.url);
  const scheme = url.protocol === "http:" ? "http" : "https";
  const port = Number(url.port) || (scheme === "http" ? 80 : 443);
  const account = createAccount(request.method, { scheme, host: url.hostname.replace(/^\[|\]$/g, ""), port });
  account.path = `${url.pathname}${url.search}`;
  const body = request.body ? new Uint8Array(await request.clone().arrayBuffer()) : new Uint8Array(0);
  account.bytesOut = body.length;
  const found = watch.leaving(house.caller, {
    method: request.method,
    host: url.hostname,
    target: account.path,
    headers: [...request.headers],
    bodies: unpacked(body, request, { house, account }),
  });
  if (!found) return;
  account.leak = { ...found, direction: "out", blocked: true };
  record(house, account, { type: "leak", code: "egress.leak" });
  const what = found.kind === "secret" ? `the secret ${found.name}` : `what looks like ${found.name}`;
  throw new Fault(
    "denied",
    "egress.leak",
    `The request to ${url.host} was not sent: it holds ${what} (${found.where}).`,
    {
      hint: "Leave it out. Keys of the house are put in by the house itself.",
    },
  );
}

function unpacked(
  body: Uint8Array,
  { headers }: Request,
  { house, account }: { readonly house: Recording; readonly account: Account },
): readonly Uint8Array[] {
  try {
    return unpackBody(body, [...headers]);
  } catch (thrown) {
    recordFault(house, account, asRefusal(thrown));
    throw thrown;
  }
}
