// `homarus config`: read and change the settings. A change is checked before it is written and takes effect at once.
import { configSchema, stateOf } from "../../boot/process.ts";
import { editConfig, parsePath } from "../../boot/settings.ts";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { textOption } from "../options.ts";
import { printJson, printLine } from "../print.ts";
import { wrong } from "../wrong.ts";

interface Facts {
  readonly path: string;
  readonly exists: boolean;
  readonly raw: string;
  readonly resolved: unknown;
  readonly config: unknown;
  readonly valid: boolean;
  readonly hash: string;
  readonly issues: readonly { readonly path: string; readonly message: string }[];
  readonly warnings: readonly { readonly path: string; readonly message: string }[];
}

export async function run(invocation: Invocation): Promise<number> {
  const [action, path, ...words] = invocation.operands;
  if (action === "schema") return shown(configSchema);
  if (action === "path") return told(stateOf(process.env, textOption(invocation.options.config)).configPath);
  if (action !== "show" && !path)
    throw wrong(
      `homarus config ${action} wants the path of a setting, for example gateway.port.`,
      "See: homarus config --help",
    );
  if (action === "set" && words.length === 0)
    throw wrong("homarus config set wants a value.", "See: homarus config --help");
  await using connected = await connect(invocation, { otherwise: "embed" });
  const facts = await connected.client.request<Facts>("config.get", {});
  if (action === "show") return show(facts, invocation);
  const steps = parsePath(path ?? "");
  if (action === "get") return get(facts, steps, path ?? "");
  const value = action === "set" ? readValue(words.join(" ")) : undefined;
  const raw = editConfig(facts.raw, steps, value as never);
  await connected.client.request("config.set", { raw, ...(facts.exists ? { baseHash: facts.hash } : {}) });
  return changed({ path: path ?? "", value, isSet: action === "set" }, invocation);
}

function changed(
  change: { readonly path: string; readonly value: unknown; readonly isSet: boolean },
  invocation: Invocation,
): number {
  const { path, value, isSet } = change;
  if (invocation.options.json) return shown({ ok: true, path, value });
  return told(isSet ? `${path} is set.` : `${path} is taken out.`);
}

function told(text: string): number {
  printLine(text);
  return 0;
}

function shown(value: unknown): number {
  printJson(value);
  return 0;
}

function show(facts: Facts, invocation: Invocation): number {
  printJson(
    invocation.options.json
      ? {
          ok: facts.valid,
          path: facts.path,
          exists: facts.exists,
          config: facts.config,
          issues: facts.issues,
          warnings: facts.warnings,
        }
      : facts.config,
  );
  for (const issue of [...facts.issues, ...facts.warnings])
    process.stderr.write(`${issue.path || facts.path}: ${issue.message}\n`);
  return facts.valid ? 0 : 1;
}

function get(facts: Facts, steps: readonly (string | number)[], path: string): number {
  let here: unknown = facts.config;
  for (const step of steps)
    here = typeof here === "object" && here !== null ? (here as Record<string, unknown>)[String(step)] : undefined;
  if (here === undefined) throw wrong(`${path} is not set.`, "See: homarus config --help");
  if (typeof here === "string") printLine(here);
  else printJson(here);
  return 0;
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Words that are no JSON are meant as text.
    return text;
  }
}
