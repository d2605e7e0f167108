// `npm run bench -- [--binary PATH] [name ...]`: measures the single executable and prints JSON lines,
// a reference loop first.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gatedCalls } from "./calls.ts";
import { costCalls, costSums } from "./costs.ts";
import { guardVerdicts } from "./guard.ts";
import {
  coldStart,
  connections,
  type Figure,
  fanOut,
  growth,
  health,
  idle,
  messages,
  reference,
  size,
  turns,
} from "./measures.ts";
import { soak } from "./soak.ts";
import { ackTime, events, helloTime, sessionsList, signedConnects } from "./wire.ts";

const root = join(import.meta.dir, "..");
const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { binary: { type: "string", default: join(root, "dist", "homarus") } },
});
const { binary } = values;

async function openModel(): Promise<{ readonly url: string; stop(): void }> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "instant-model.ts")], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const { value } = await child.stdout.getReader().read();
  return { url: `http://127.0.0.1:${new TextDecoder().decode(value).trim()}/v1`, stop: () => child.kill() };
}

if (!existsSync(binary)) {
  console.error(`${binary} is not there. Build it first: npm run build:binary`);
  process.exit(1);
}
const model = await openModel();
const measures: Readonly<Record<string, () => Promise<Figure[]> | Figure[]>> = {
  reference,
  size: () => size(binary),
  idle: () => idle(binary),
  start: () => coldStart(binary),
  connections: () => connections(binary),
  health: () => health(binary),
  fanout: () => fanOut(binary, model.url),
  signed: () => signedConnects(binary),
  hello: () => helloTime(binary),
  ack: () => ackTime(binary),
  sessions: () => sessionsList(binary),
  events: () => events(binary),
  messages: () => messages(binary),
  turns: () => turns(binary, model.url),
  growth: () => growth(binary, model.url),
  soak: () => soak(binary, model.url),
  costcalls: costCalls,
  costsums: costSums,
  guard: guardVerdicts,
  calls: gatedCalls,
};
/** Too long to be run among the others. */
const onlyByName = new Set(["soak"]);
try {
  for (const [name, measure] of Object.entries(measures)) {
    if (wanted.length > 0 ? !wanted.includes(name) : onlyByName.has(name)) continue;
    for (const figure of await measure()) console.log(JSON.stringify({ at: new Date().toISOString(), ...figure }));
  }
} finally {
  model.stop();
}
