// `homarus doctor`: what is wrong, and the next step for each.
import { examine } from "../../boot/doctor.ts";
import { stateOf } from "../../boot/process.ts";
import { announcedAddress } from "../../boot/settings.ts";
import type { Invocation } from "../command.ts";
import { answers } from "../connect.ts";
import { numberOption } from "../options.ts";
import { printJson, printLine } from "../print.ts";

const signs = { good: "ok  ", note: "note", bad: "BAD " } as const;

export async function run(invocation: Invocation): Promise<number> {
  const { options } = invocation;
  const configPath = typeof options.config === "string" ? options.config : undefined;
  const findings = await examine(process.env, configPath, await isAnswering(invocation, configPath));
  const isGood = findings.every((finding) => finding.state !== "bad");
  if (options.json) {
    printJson({ ok: isGood, findings });
    return isGood ? 0 : 1;
  }
  for (const { id, state, text, next } of findings) {
    printLine(`${signs[state]}  ${id.padEnd(9)} ${text}`);
    if (next && state !== "good") printLine(`                → ${next}`);
  }
  return isGood ? 0 : 1;
}

async function isAnswering(invocation: Invocation, configPath: string | undefined): Promise<boolean> {
  const { port } = numberOption("port", invocation.options.port);
  const address =
    port === undefined ? announcedAddress(stateOf(process.env, configPath).folder) : { host: "127.0.0.1", port };
  return address !== undefined && answers(address.host, address.port);
}
