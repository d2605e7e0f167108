// `homarus secrets read` and `run`: a program reads what was leased to it. The token comes in HOMARUS_LEASE_TOKEN and never
// in the arguments, which everybody on the machine can read.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { askForSecret } from "../../boot/leased.ts";
import type { Invocation } from "../command.ts";
import { textOption } from "../options.ts";
import { printJson, printText } from "../print.ts";
import { wrong } from "../wrong.ts";

const tokenVariable = "HOMARUS_LEASE_TOKEN";

/** The value alone, with an end of line. */
export async function read({ operands: [, name, ...more], options }: Invocation): Promise<number> {
  if (name === undefined || more.length > 0)
    throw wrong("homarus secrets read wants one name.", `The token stands in ${tokenVariable}, not beside it.`);
  const value = await leased(name);
  if (options.json) printJson({ ok: true, name, value });
  else printText(value.endsWith("\n") ? value : `${value}\n`);
  return 0;
}

/** All secrets are read before the command starts: where one cannot be had, it does not start. */
export async function runWith({ operands: [, program, ...args], options }: Invocation): Promise<number> {
  const wanted = wantedIn(textOption(options.env) ?? "");
  if (program === undefined || wanted.length === 0) throw wrong("homarus secrets run wants a command.", runHint);
  const variables: Record<string, string | undefined> = { ...process.env };
  for (const [variable, name] of wanted) {
    const value = await leased(name);
    // What starts programs would show the value in its complaint.
    if (value.includes("\0"))
      throw wrong(`${name} holds a zero byte: no variable can have it.`, "Use read.", "cli.lease");
    variables[variable] = value;
  }
  // The command has what it needs: it shall not read more.
  delete variables[tokenVariable];
  return await started(program, args, variables);
}

const runHint = "For example: homarus secrets run --env PGPASSWORD=backup/postgres -- pg_dump -h localhost shop";

function wantedIn(text: string): readonly (readonly [variable: string, name: string])[] {
  return text
    .split(",")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [, variable, name] = /^([A-Za-z_]\w*)=(.+)$/.exec(pair) ?? [];
      if (variable === undefined || name === undefined) throw wrong(`--env wants NAME=secret, not "${pair}".`, runHint);
      return [variable, name] as const;
    });
}

async function leased(name: string): Promise<string> {
  const token = process.env[tokenVariable]?.trim();
  if (!token)
    throw wrong(
      `${tokenVariable} is not set.`,
      "Put the token of a lease there: homarus secrets lease <name>",
      "cli.lease",
    );
  const { status, text } = await askForSecret(process.env, { token, name });
  if (status === 200) return text;
  throw Object.assign(new Error(text.trim()), { kind: kindOf(status), code: `lease.${status}` });
}

/** Undefined is no kind: what was not asked rightly is a bug of ours. */
function kindOf(status: number): string {
  return status === 429 || status >= 500 ? "unavailable" : "denied";
}

/** As the shell does: the exit code of the command, or 128 and the signal's number. */
function started(program: string, args: readonly string[], variables: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", env: variables });
    // Ctrl-C reaches the command by itself, and it decides; what is sent to us alone is passed on.
    process.on("SIGINT", () => undefined);
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
    child.once("error", (thrown: NodeJS.ErrnoException) => {
      const why = thrown.code === "ENOENT" ? "there is no such program" : thrown.message;
      reject(wrong(`${program} could not be started: ${why}.`, "Write its full path.", "cli.lease"));
    });
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
