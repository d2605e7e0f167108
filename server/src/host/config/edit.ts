// Changes one value in the text of a config file and leaves the rest, comments too, as it is.
import { Fault, type Json } from "@homarus/sdk";
import JSON5 from "json5";
import { applyEdits, modify, type ParseError, parse } from "jsonc-parser";

export type ConfigPath = readonly (string | number)[];

/** `channels.telegram.token`, `agents.list.0.name` or `agents.list[0].name` as steps. */
export function parsePath(text: string): ConfigPath {
  const steps = text
    .replace(/\[(\d+)\]/g, ".$1")
    .split(".")
    .filter((step) => step !== "");
  if (steps.length === 0)
    throw new Fault("invalid", "config.path", "Which setting?", { hint: "For example: gateway.port" });
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

/** The text with the value at `path` set, or taken out when it is undefined. */
export function editConfig(raw: string, path: ConfigPath, value: Json | undefined): string {
  const text = editable(raw);
  return applyEdits(text, modify(text, [...path], value, { formattingOptions: { insertSpaces: true, tabSize: 2 } }));
}

/** The editor knows JSON with comments. What is written more freely (JSON5) is rewritten once; its comments are lost. */
function editable(raw: string): string {
  if (raw.trim() === "") return "{}\n";
  const errors: ParseError[] = [];
  parse(raw, errors, { allowTrailingComma: true });
  return errors.length === 0 ? raw : `${JSON.stringify(JSON5.parse(raw), null, 2)}\n`;
}
