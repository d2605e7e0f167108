// What the tools answered when the owner gave orders to the obedient model, in a session of its own.
import { Database } from "bun:sqlite";
import { openGatewayClient } from "@homarus/sdk/client";
import type { HouseProcess, StateFolder } from "./house-process.ts";

interface Told {
  readonly content: readonly { readonly text?: string }[];
}

export function asOwner(house: HouseProcess) {
  const program = { id: "cli", version: "1", platform: "linux", mode: "cli" } as const;
  return openGatewayClient({ url: `ws://127.0.0.1:${house.port}`, login: { client: program, token: house.token } });
}

/** One order of the model's for each call, in their order. */
export const orderOf = (tool: string, input: object): string => `DO ${tool} ${JSON.stringify(input)}`;

/** Says the orders in the session, and waits until the run is over. */
export async function obeyed(
  { house, state }: { readonly house: HouseProcess; readonly state: StateFolder },
  session: string,
  orders: readonly string[],
): Promise<readonly Told[]> {
  const client = asOwner(house);
  try {
    const ids = { sessionKey: session, idempotencyKey: crypto.randomUUID() };
    const { runId } = await client.request<{ runId: string }>("agent", { message: orders.join("\n"), ...ids });
    await client.request("agent.wait", { runId, timeoutMs: 110_000 });
  } finally {
    client.close();
  }
  return toldIn(state, `agent:main:${session}`);
}

/** Results of tools as they stand in the session's log. */
function toldIn({ statePath }: StateFolder, sessionKey: string): readonly Told[] {
  const db = new Database(statePath, { readonly: true });
  const rows = db
    .query(
      "SELECT e.body FROM entries e JOIN sessions s ON s.id = e.session_id WHERE s.key = ? AND json_extract(e.body, '$.type') = 'tool-result' ORDER BY e.seq",
    )
    .all(sessionKey) as { body: string }[];
  db.close();
  return rows.map(({ body }) => JSON.parse(body).result as Told);
}
