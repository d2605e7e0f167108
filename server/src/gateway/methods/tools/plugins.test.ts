import { expect, test } from "bun:test";
import type { CatalogEntry } from "@homarus/sdk";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../../host/net/serve.ts";
import { openForTest } from "../../testing/open-for-test.ts";

const entry = (kind: CatalogEntry["kind"], id: string) =>
  ({ kind, id, title: id, description: `The ${id}.` }) as unknown as CatalogEntry;

test("of what the build has, that is called enabled which the settings use and an agent may", async () => {
  const catalog = [
    ...[entry("tool", "echo"), entry("tool", "forbidden"), entry("sandbox", "bubblewrap"), entry("sandbox", "none")],
    ...[entry("channel", "carrier-pigeon"), entry("provider", "nobody")],
  ];
  await using it = await openForTest({
    ...{ listen, clock: createFakeClock(1), store: createMemoryStore() },
    house: (house) => ({ ...house, catalog }),
  });
  const client = await it.connect();
  const { plugins } = (await client.call("plugins.list")).payload;
  const states = plugins.map(({ id, state }: { id: string; state: string }) => `${id}: ${state}`);
  expect(states).toEqual([
    ...["echo: enabled", "forbidden: disabled", "bubblewrap: enabled", "none: disabled"],
    ...["carrier-pigeon: disabled", "nobody: disabled"],
  ]);
});
