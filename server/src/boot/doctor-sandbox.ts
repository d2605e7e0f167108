// What the doctor says of the sandboxes: which works on this machine, what stands between a command and the machine
// there, and what the owner has opened. Each sandbox tells it of itself; only those in use can make a finding bad.
import { join } from "node:path";
import { type CatalogEntry, type Json, type Sandbox, type SandboxFacts, toFault } from "@homarus/sdk";
import { extensions } from "../../generated/extensions.ts";
import { withDefaults } from "../host/config/check.ts";
import type { HouseConfig } from "../host/config/schema.ts";
import { activateExtension } from "../host/extensions/load.ts";
import type { Finding } from "./finding.ts";
import { lazyProcesses } from "./lazy.ts";
import { mountsFor } from "./mounts.ts";

type SandboxEntry = Extract<CatalogEntry, { kind: "sandbox" }>;

export async function sandboxFindings(
  config: HouseConfig,
  catalog: readonly CatalogEntry[],
  stateFolder: string,
): Promise<readonly Finding[]> {
  const used = config.sandbox === "auto" ? "bubblewrap" : config.sandbox;
  const entries = catalog.filter((entry): entry is SandboxEntry => entry.kind === "sandbox" && entry.id !== "none");
  const told = await Promise.all(entries.map(async (entry) => findingOf(entry, config, entry.id === used)));
  return [...modeFindings(config), ...told.flat(), ...mountFindings(config, stateFolder)];
}

function modeFindings({ sandbox, sandboxMode }: HouseConfig): readonly Finding[] {
  const note = (text: string, next: string): Finding => ({ id: "sandbox", state: "note", text, next });
  if (sandbox === "none")
    return [
      note("none: commands have this user's whole account", 'Write sandbox: "auto" if that is not what you want.'),
    ];
  if (sandboxMode === "all") return [];
  const who = sandboxMode === "off" ? "of all sessions" : "of main sessions";
  return [
    note(`commands ${who} have this user's whole account`, 'Write sandboxMode: "all" if that is not what you want.'),
  ];
}

async function findingOf(entry: SandboxEntry, config: HouseConfig, isUsed: boolean): Promise<readonly Finding[]> {
  const facts = await probe(entry, config.sandboxes[entry.id] ?? {});
  const { trouble } = facts;
  if (!facts.isWorking) {
    const text = isUsed
      ? `${trouble?.text ?? entry.id} No command runs.`
      : `${entry.id} does not work here (it is not used)`;
    return [{ id: "sandbox", state: isUsed ? "bad" : "note", text, ...(trouble?.next && { next: trouble.next }) }];
  }
  const up = facts.walls.filter(({ isUp }) => isUp).map(({ name, text }) => `${name} (${text})`);
  const works: Finding = { id: "sandbox", state: "good", text: `${entry.id} works: ${up.join("; ")}` };
  const missing = facts.walls.filter(({ isUp, next }) => !isUp && next !== undefined);
  return [
    works,
    ...missing.map(
      ({ name, text, next }): Finding => ({
        ...{ id: "sandbox", state: isUsed ? "note" : "good", text: `${entry.id} without ${name}: ${text}` },
        ...(next !== undefined && { next }),
      }),
    ),
  ];
}

async function probe(entry: SandboxEntry, settings: unknown): Promise<SandboxFacts> {
  const put = new AbortController();
  try {
    const { id, habits, configSchema } = entry;
    const own = { id, habits, config: withDefaults(settings as Json, configSchema), processes: lazyProcesses() };
    const sandbox = await activateExtension<Sandbox>(entry, extensions, { ...own, signal: put.signal } as never);
    return await sandbox.probe();
  } catch (thrown) {
    const { message, hint } = toFault(thrown);
    return { isWorking: false, trouble: { text: message, ...(hint !== undefined && { next: hint }) }, walls: [] };
  } finally {
    put.abort();
  }
}

function mountFindings(config: HouseConfig, stateFolder: string): readonly Finding[] {
  return config.agents.list.flatMap(({ id, mounts = [] }): Finding[] => {
    if (mounts.length === 0) return [];
    try {
      const found = mountsFor({ config: () => config, stateFolder }, id, true);
      return [
        {
          id: "sandbox",
          state: "good",
          text: `${id} has ${found.length} of its folders mounted (${join(stateFolder, "mounts.json")})`,
        },
      ];
    } catch (thrown) {
      const { message, hint } = toFault(thrown);
      return [{ id: "sandbox", state: "bad", text: `${id}: ${message}`, ...(hint !== undefined && { next: hint }) }];
    }
  });
}
