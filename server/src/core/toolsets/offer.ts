// What of a server's tools is taken to models, under which names, and what each may do. What a server says of its tools
// can only make the house more careful, unless the owner trusts it.
import type { JsonSchema, ToolEffects, ToolsetHints, ToolsetTool } from "@homarus/sdk";
import { schemaFault, schemaForModels } from "./schema.ts";

export interface OfferSettings {
  readonly allow?: readonly string[] | undefined;
  readonly deny: readonly string[];
  readonly trusted: boolean;
}

export interface OfferedTool {
  /** As models see it. */
  readonly name: string;
  /** As its server names it. */
  readonly plainName: string;
  readonly description: string;
  /** As models get it. */
  readonly inputSchema: JsonSchema;
  /** What arguments are checked by: the server's own. */
  readonly wholeSchema: JsonSchema;
  readonly effects: ToolEffects;
  /** Running it again does no harm. */
  readonly idempotent: boolean;
  readonly parallel: boolean;
}

export interface Offer {
  readonly tools: readonly OfferedTool[];
  /** Names of what was left out, with why; the first few. */
  readonly left: readonly string[];
  readonly leftCount: number;
}

/** Of one server. */
const mostOfServer = 80;
const descriptionLimit = 2_000;
const schemaLimit = 16_000;
const allSchemasLimit = 200_000;
const mostNamed = 10;

export function offerOf(server: string, found: readonly ToolsetTool[], settings: OfferSettings): Offer {
  const tools: OfferedTool[] = [];
  const left: string[] = [];
  const names = new Set<string>();
  let characters = 0;
  for (const tool of found) {
    if (!isWanted(tool.name, settings)) continue;
    const wholeSchema = wholeOf(tool.inputSchema);
    const inputSchema = schemaForModels(wholeSchema);
    const size = JSON.stringify(wholeSchema).length;
    const name = toolName(server, tool.name);
    const why = reasonAgainst({ size, characters, count: tools.length, isTaken: names.has(name), wholeSchema });
    if (why !== undefined) {
      left.push(`${tool.name.slice(0, 80)} (${why})`);
      continue;
    }
    names.add(name);
    characters += size;
    const { description, hints } = tool;
    const cut = description.length > descriptionLimit ? `${description.slice(0, descriptionLimit)} ...` : description;
    const about = { name, plainName: tool.name, description: cut, inputSchema, wholeSchema };
    tools.push({ ...about, ...rightsOf(hints, settings.trusted) });
  }
  return { tools, left: left.slice(0, mostNamed), leftCount: left.length };
}

function reasonAgainst(one: {
  readonly size: number;
  readonly characters: number;
  readonly count: number;
  readonly isTaken: boolean;
  readonly wholeSchema: JsonSchema;
}): string | undefined {
  if (one.count >= mostOfServer) return `more than ${mostOfServer} tools`;
  if (one.isTaken) return "its name is taken";
  if (one.size > schemaLimit) return `its schema has ${one.size} characters`;
  if (one.characters + one.size > allSchemasLimit) return "the schemas together are too long";
  return schemaFault(one.wholeSchema);
}

/** Every vendor wants an object with properties. */
function wholeOf(schema: JsonSchema): JsonSchema {
  return { ...schema, type: "object", properties: schema.properties ?? {} };
}

function isWanted(name: string, { allow, deny }: OfferSettings): boolean {
  return !deny.some((glob) => fits(glob, name)) && (allow?.some((glob) => fits(glob, name)) ?? true);
}

/** `*` stands for any text, also for none. */
function fits(glob: string, name: string): boolean {
  const [first = "", ...rest] = glob.split("*");
  const last = rest.pop();
  if (last === undefined) return name === glob;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

const longestName = 64;

/** `<server>__<tool>`, as each vendor takes it; the same tool always has the same name, and another one another. */
export function toolName(server: string, tool: string): string {
  const whole = `${server}__${tool}`;
  if (/^[A-Za-z0-9_-]{1,64}$/.test(whole)) return whole;
  const mark = `_${hashOf(tool)}`;
  return `${whole.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, longestName - mark.length)}${mark}`;
}

/** FNV-1a with 32 bits: it tells names apart, and keeps no secret. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}

/** Reaching outside and writing, until a server that the owner trusts says less; more is believed of anybody. */
function rightsOf(hints: ToolsetHints, isTrusted: boolean): Pick<OfferedTool, "effects" | "idempotent" | "parallel"> {
  const readsOnly = isTrusted && hints.readOnly === true;
  const staysIn = isTrusted && hints.openWorld === false;
  const effects: ToolEffects = {
    ...{ reads: true, writes: !readsOnly, executes: false, network: !staysIn },
    ...(hints.openWorld === true && !readsOnly && { outside: true }),
    ...(hints.destructive === true && !readsOnly && { destructive: true }),
  };
  return { effects, idempotent: readsOnly || (isTrusted && hints.idempotent === true), parallel: readsOnly };
}
