// config.*: the settings file, read with its secrets masked, written whole after a check.

import type { ConfigFacts } from "../../house.ts";
import { invalid } from "../../refusal.ts";
import { type Call, type Group, type ParamsOf, whoIs } from "../handler.ts";
import type * as params from "./shapes.ts";

async function get(_input: unknown, { door }: Call): Promise<unknown> {
  return snapshot(await door.house.config.read());
}

/** The config as it stands; refuses a writer who has not seen it so. */
export async function fresh({ door }: Call, baseHash: string | undefined): Promise<ConfigFacts> {
  const before = await door.house.config.read();
  if (before.exists && baseHash === undefined) throw invalid("config base hash required; re-run config.get and retry");
  if (before.exists && baseHash !== before.hash)
    throw invalid("config changed since last load; re-run config.get and retry");
  return before;
}

async function set(input: ParamsOf<typeof params.configSet>, call: Call): Promise<unknown> {
  await fresh(call, input.baseHash);
  const after = await call.door.house.config.write(input.raw, input.baseHash, whoIs(call));
  return { ok: true, path: after.path, config: after.resolved, hash: after.hash };
}

function schema(_input: unknown, { door }: Call): unknown {
  return {
    schema: door.house.config.schema(),
    uiHints: {},
    version: door.house.version,
    generatedAt: new Date(door.house.startedAt).toISOString(),
  };
}

function snapshot(facts: ConfigFacts) {
  return {
    path: facts.path,
    exists: facts.exists,
    raw: facts.raw,
    parsed: facts.parsed,
    resolved: facts.parsed,
    valid: facts.valid,
    config: facts.resolved,
    hash: facts.hash,
    issues: facts.issues,
    warnings: facts.warnings,
    legacyIssues: [],
  };
}

export const handlers: Group["handlers"] = { "config.get": get, "config.set": set, "config.schema": schema };
