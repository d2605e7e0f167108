// `node tools/run.mjs bench/context.ts [turns]`: a conversation of 2,000 turns with large results of tools on a window of
// 8,000 tokens, with all that keeps it readable and without each part of it. Prints JSON lines.
import type { ContextSettings } from "../server/src/core/context/settings.ts";
import { openSqliteStore } from "../server/src/host/store/sqlite.ts";
import { type TortureOptions, torture } from "../tests/line/torture.ts";
import { plainContext } from "../tests/line/world.ts";

const turns = Number(process.argv[2] ?? 2_000);
const compaction = { ...plainContext.compaction, enabled: false };
const without: Readonly<Record<string, Partial<TortureOptions> & { readonly context?: Partial<ContextSettings> }>> = {
  nothing: {},
  "shortening results": { context: { tools: { deny: ["*"] } } },
  "notes by a model": { context: { compaction } },
  "what code copies": { withoutCarryOver: true },
  recall: { context: { recallTokens: 0 } },
  "what code copies, and recall": { withoutCarryOver: true, context: { recallTokens: 0 } },
};

for (const [name, options] of Object.entries(without)) {
  const store = openSqliteStore(":memory:");
  const startedAt = performance.now();
  const { invalid, ...figures } = await torture({ turns, windowTokens: 8_192, checkEvery: 5, ...options, store });
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  const megabytes = Math.round(process.memoryUsage().rss / 1e6);
  console.log(
    JSON.stringify({ context: "torture", without: name, ...figures, invalid: invalid.length, seconds, megabytes }),
  );
  if (invalid.length > 0) console.log(invalid.slice(0, 3));
  await store.close();
}
