// Logs in to a provider at the vendor's own page: says where to go and what to type there, waits until it is done, and
// takes it back when the person breaks off. Or takes a login over from the file of the vendor's own program.
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import type { GatewayClient } from "@homarus/sdk/client";
import type { Invocation } from "../command.ts";
import { printLine } from "../print.ts";
import { type Provider, printTrials, type Trial } from "./words.ts";

interface LogIn {
  readonly provider: Provider;
  readonly makeDefault: boolean;
  readonly invocation: Invocation;
}

interface Begun {
  readonly loginId: string;
  readonly url: string;
  readonly code?: string;
  readonly expiresAt?: number;
}

interface State {
  readonly done: boolean;
  readonly account?: string;
  readonly trial?: Trial;
  readonly fault?: { readonly kind: string; readonly code: string; readonly message: string; readonly hint?: string };
}

/** As the shell has it for a command that was broken off. */
const brokenOff = 130;
const waitMs = 20_000;

export async function logIn(client: GatewayClient, wish: LogIn): Promise<number> {
  const { provider, invocation } = wish;
  const say = invocation.options.json ? sayJson : sayWords;
  const { loginId, ...begun } = await client.request<Begun>("models.login.start", { provider: provider.id });
  let isBroken = false;
  const breakOff = (): void => {
    isBroken = true;
    client.request("models.login.cancel", { loginId }).catch(() => process.exit(brokenOff));
  };
  process.once("SIGINT", breakOff);
  // Whoever reads the code may break off at once.
  say.open(begun, provider);
  try {
    for (;;) {
      const state = await client.request<State>("models.login.wait", { loginId, timeoutMs: waitMs });
      if (state.done) return await finish(client, wish, state);
      if (state.fault) {
        say.failed(state.fault);
        return isBroken ? brokenOff : 1;
      }
      say.waiting(begun);
    }
  } finally {
    process.off("SIGINT", breakOff);
  }
}

/** The file is read here, where its owner named it; its words go to the gateway and nowhere else. */
export async function adoptLogin(client: GatewayClient, wish: LogIn & { readonly file: string }): Promise<number> {
  const { provider, file } = wish;
  if (!provider.takesLoginFile) throw wrong(`${provider.title} takes no login from a file.`, "Leave --from out.");
  const path = file.replace(/^~(?=\/)/, homedir());
  const text = await readFile(path, "utf8").catch((thrown: NodeJS.ErrnoException) => {
    throw wrong(`${path} cannot be read: ${thrown.code ?? thrown.message}.`, "Name the file that holds the login.");
  });
  const state = await client.request<State>("models.login.adopt", { provider: provider.id, text: text || " " });
  return await finish(client, wish, state);
}

async function finish(client: GatewayClient, wish: LogIn, state: State): Promise<number> {
  const { provider, makeDefault, invocation } = wish;
  const { account, trial } = state;
  const isGood = trial?.ok !== false;
  const model = provider.tiers.balanced ?? trial?.model;
  if (makeDefault && isGood && model !== undefined)
    await client.request("models.set", { model: `${provider.id}/${model}` });
  const say = invocation.options.json ? sayJson : sayWords;
  say.done(provider, account, trial);
  return isGood ? 0 : 1;
}

const sayWords = {
  open({ url, code }: Omit<Begun, "loginId">, { title }: Provider): void {
    printLine(`Log in to ${title}: open ${url}`);
    if (code !== undefined) printLine(`and type the code ${code}`);
  },
  /** Only for whoever looks: a file has no use for it. */
  waiting({ expiresAt }: Omit<Begun, "loginId">): void {
    if (!process.stderr.isTTY) return;
    const left =
      expiresAt === undefined ? "" : ` (${Math.max(1, Math.round((expiresAt - Date.now()) / 60_000))} min left)`;
    process.stderr.write(`Waiting for you there${left}; Ctrl-C breaks off.\n`);
  },
  failed({ message, hint }: NonNullable<State["fault"]>): void {
    console.error([message, hint].filter(Boolean).join("\n"));
  },
  done({ title }: Provider, account: string | undefined, trial: Trial | undefined): void {
    printLine(`Logged in to ${title}${account === undefined ? "" : ` as ${account}`}.`);
    if (trial) printTrials([trial]);
  },
};

/** One line for each step. */
const sayJson: typeof sayWords = {
  open: (begun, { id }) => printStep({ step: "open", provider: id, ...begun }),
  waiting: () => printStep({ step: "waiting" }),
  failed: (fault) => printStep({ step: "failed", ok: false, error: fault }),
  done: ({ id }, account, trial) =>
    printStep({ step: "done", ok: trial?.ok !== false, provider: id, account: account ?? null, trial: trial ?? null }),
};

function printStep(step: object): void {
  printLine(JSON.stringify(step));
}

function wrong(message: string, hint: string): Error {
  return Object.assign(new Error(message), { kind: "invalid", code: "cli.operands", hint });
}
