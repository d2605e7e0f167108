// config.apply, config.patch and config.schema.lookup. A change takes effect at once here: nothing is restarted, and
// the answer says so in the place where clients look for the restart.
import type { Json } from "@homarus/sdk";
import type { ConfigChange } from "../../house.ts";
import { invalid } from "../../refusal.ts";
import { type Call, type Group, type ParamsOf, whoIs } from "../handler.ts";
import { fresh } from "./config.ts";
import type * as params from "./shapes.ts";

type ApplyParams = ParamsOf<typeof params.configApply>;

const noRestart = { restart: { scheduled: false, reason: "settings take effect at once" }, sentinel: null };

async function apply(input: ApplyParams, call: Call): Promise<unknown> {
  const before = await fresh(call, input.baseHash);
  const after = await call.door.house.config.write(input.raw, before.hash, whoIs(call));
  return { ok: true, path: after.path, config: after.resolved, hash: after.hash, ...noRestart };
}

/** A merge patch (RFC 7396): null takes a value out, objects are merged, all else replaces. */
async function patch(input: ApplyParams, call: Call): Promise<unknown> {
  const before = await fresh(call, input.baseHash);
  const changes = changesOf(parsed(input.raw), [], before.parsed);
  const after = await call.door.house.config.edit(changes, before.hash || undefined, whoIs(call));
  return { ok: true, path: after.path, config: after.resolved, hash: after.hash, ...noRestart };
}

function parsed(raw: string): Readonly<Record<string, Json>> {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    throw invalid("invalid config patch: raw must be JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid("config.patch raw must be an object");
  return value as Readonly<Record<string, Json>>;
}

function changesOf(value: Json, path: readonly (string | number)[], before: Json | undefined): ConfigChange[] {
  if (value === null) return [{ path, value: undefined }];
  if (!isObject(value)) return [{ path, value }];
  if (!isObject(before)) return [{ path, value: withoutNulls(value) }];
  return Object.entries(value).flatMap(([key, item]) => changesOf(item, [...path, key], before[key]));
}

function withoutNulls(value: Json): Json {
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item)]));
}

function isObject(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface Schema {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly type?: string | readonly string[];
}

function lookup(input: ParamsOf<typeof params.configLookup>, { door }: Call): unknown {
  const steps = input.path
    .replace(/\[(\d*|\*)\]/g, ".*")
    .split(/[./]/)
    .filter((step) => step !== "");
  let schema = door.house.config.schema() as Schema;
  for (const step of steps) {
    const next = stepInto(schema, step);
    if (!next) throw invalid(`config schema path not found: ${input.path}`);
    schema = next;
  }
  const { properties, ...own } = schema;
  const children = Object.entries(properties ?? {}).map(([key, child]) => ({
    ...{ key, path: [...steps, key].join("."), required: schema.required?.includes(key) === true },
    ...(child.type === undefined ? {} : { type: child.type }),
    hasChildren: child.properties !== undefined || child.items !== undefined,
  }));
  return { path: input.path, schema: own, children };
}

function stepInto(schema: Schema, step: string): Schema | undefined {
  const own = schema.properties && Object.hasOwn(schema.properties, step) ? schema.properties[step] : undefined;
  if (own) return own;
  if (schema.items && /^(\d+|\*)$/.test(step)) return schema.items;
  return typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
}

export const handlers: Group["handlers"] = {
  "config.apply": apply,
  "config.patch": patch,
  "config.schema.lookup": lookup,
};
