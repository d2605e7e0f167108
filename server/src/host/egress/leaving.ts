// What a tool would send, before it leaves: the request it makes itself, or the words it takes on. What holds a secret of
// the house, or looks like a key, is treated as the owner set, and the audit has it.
import { type LeakFinding, type LeakWatch, type LeavingPieces, toFault } from "@homarus/sdk";
import { type Account, createAccount, noteLeak, type Recording, record, recordFault } from "./account.ts";
import type { House } from "./parts.ts";
import { asRefusal } from "./refuse.ts";
import { unpackBody } from "./unpack.ts";

/** A request that a tool makes; or the words of a call, which the tool takes to wherever it goes. */
export type Leaving =
  | { readonly input: string | URL | Request; readonly init: RequestInit | undefined }
  | { readonly tool: string; readonly words: string };

type Leaver = Recording & Pick<House, "leaks">;

/** Rejects with a `denied` Fault that names where the secret stood and not what it is. */
export async function refuseLeak(leaving: Leaving, house: Leaver, watch: LeakWatch): Promise<void> {
  if (house.leaks() === "off") return;
  const { account, pieces } =
    "tool" in leaving ? wordsOf(leaving) : await requestOf(new Request(leaving.input, leaving.init), house);
  judge(house, account, watch.leaving(house.caller, pieces));
}

function judge(house: Leaver, account: Account, found: LeakFinding | undefined): void {
  try {
    noteLeak(house, account, found, "out");
  } catch (thrown) {
    recordFault(house, account, toFault(thrown));
    throw thrown;
  }
  if (found) record(house, account, { type: "leak", code: "egress.leak" });
}

function wordsOf({ tool, words }: Extract<Leaving, { tool: string }>) {
  const account: Account = { ...createAccount("", undefined), tool, bytesOut: words.length };
  const pieces = { method: "", host: tool, target: "", headers: [], bodies: [new TextEncoder().encode(words)] };
  return { account, pieces };
}

async function requestOf(request: Request, house: Recording): Promise<{ account: Account; pieces: LeavingPieces }> {
  const url = new URL(request.url);
  const scheme = url.protocol === "http:" ? "http" : "https";
  const port = Number(url.port) || (scheme === "http" ? 80 : 443);
  const account = createAccount(request.method, { scheme, host: url.hostname.replace(/^\[|\]$/g, ""), port });
  account.path = `${url.pathname}${url.search}`;
  const body = request.body ? new Uint8Array(await request.clone().arrayBuffer()) : new Uint8Array(0);
  account.bytesOut = body.length;
  const headers = [...request.headers];
  try {
    const bodies = unpackBody(body, headers);
    return {
      account,
      pieces: { method: request.method, host: url.hostname, target: account.path, headers, bodies },
    };
  } catch (thrown) {
    recordFault(house, account, asRefusal(thrown));
    throw thrown;
  }
}
