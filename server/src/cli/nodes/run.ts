// `homarus nodes run`: a program on a node, with its output and exit code as if it were here. Where the node's rules want
// somebody's yes, whoever sits at this terminal is asked, unless somebody else answers first.
import { createInterface } from "node:readline/promises";
import { type ErrorShape, type EventFrame, type GatewayClient, lineOf } from "@homarus/sdk/client";
import type { Invocation } from "../command.ts";
import { numberOption, textOption } from "../options.ts";
import { wrongOperands } from "./find.ts";

interface RunEnd {
  readonly exitCode?: number | null;
  readonly timedOut?: boolean;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly error?: string | null;
}

type Decision = "allow-once" | "allow-always" | "deny";

interface RunParams {
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly agentId?: string;
}

interface Question {
  readonly id: string;
  readonly request: { readonly nodeId?: string; readonly command?: string };
}

const askMs = 120_000;
/** What `timeout` of the coreutils says too. */
const timedOutCode = 124;

export class NodeRun {
  readonly #invocation: Invocation;
  readonly #argv: readonly string[];
  #client: GatewayClient | undefined;
  #nodeId = "";

  constructor(invocation: Invocation) {
    const [, node, ...argv] = invocation.operands;
    if (node === undefined || argv.length === 0) throw wrongOperands("nodes run", "a node and, after --, a program");
    this.#invocation = invocation;
    this.#argv = argv;
    if (!["once", "always", undefined].includes(textOption(invocation.options.approve)))
      throw wrongOperands("nodes run --approve", "once or always");
  }

  /** For the connection's events: questions about this very command. */
  readonly hear = ({ event, payload }: EventFrame): void => {
    if (event !== "exec.approval.requested") return;
    const { id, request } = payload as Question;
    if (request.nodeId !== this.#nodeId || request.command !== lineOf(this.#argv)) return;
    this.#decide(id).catch((thrown: Error) => process.stderr.write(`${thrown.message}\n`));
  };

  async run(client: GatewayClient, nodeId: string): Promise<number> {
    this.#client = client;
    this.#nodeId = nodeId;
    const params = this.#params();
    let end: RunEnd;
    try {
      end = await this.#invoke(params);
    } catch (thrown) {
      if (!wantsApproval(thrown)) throw asDenied(thrown as Error);
      if (!this.#canDecide()) throw wantsYes();
      end = await this.#invoke({ ...params, approved: true, runId: await this.#approval(params) });
    }
    return this.#show(end);
  }

  #params(): RunParams {
    const { options } = this.#invocation;
    const cwd = textOption(options.cwd);
    const agentId = textOption(options.agent);
    return { command: this.#argv, ...(cwd && { cwd }), ...(agentId && { agentId }) };
  }

  async #invoke(params: object): Promise<RunEnd> {
    const timeoutMs = (numberOption("timeout", this.#invocation.options.timeout).timeout ?? 30) * 1000;
    const call = { nodeId: this.#nodeId, command: "system.run", params, timeoutMs };
    const { payload } = await this.#asked("node.invoke", { ...call, idempotencyKey: crypto.randomUUID() });
    return (payload ?? {}) as RunEnd;
  }

  /** The id of somebody's yes. */
  async #approval({ command, ...where }: RunParams): Promise<string> {
    const id = crypto.randomUUID();
    const request = {
      id,
      command: lineOf(command),
      commandArgv: command,
      host: "node",
      nodeId: this.#nodeId,
      ...where,
    };
    const { decision } = await this.#asked("exec.approval.request", { ...request, timeoutMs: askMs });
    if (decision === "allow-once" || decision === "allow-always") return id;
    throw Object.assign(new Error(decision === "deny" ? "The command was not allowed." : "Nobody decided in time."), {
      ...{ kind: "denied", code: "cli.denied" },
    });
  }

  #asked(method: string, params: object): Promise<Record<string, unknown>> {
    return this.#client?.request(method, params) ?? Promise.reject(new Error("not connected"));
  }

  #canDecide(): boolean {
    return textOption(this.#invocation.options.approve) !== undefined || process.stdin.isTTY === true;
  }

  async #decide(id: string): Promise<void> {
    const given = textOption(this.#invocation.options.approve);
    const decision = given ? (`allow-${given}` as Decision) : await this.#askHere();
    if (decision) await this.#asked("exec.approval.resolve", { id, decision });
  }

  async #askHere(): Promise<Decision | undefined> {
    if (!process.stdin.isTTY) return undefined;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await lines.question(
      `The node asks whether it may run: ${lineOf(this.#argv)}\n[o]nce, [a]lways, [n]o? `,
    );
    lines.close();
    const letter = answer.trim().toLowerCase()[0];
    return letter === "o" ? "allow-once" : letter === "a" ? "allow-always" : "deny";
  }

  async #show(end: RunEnd): Promise<number> {
    const { exitCode, timedOut, stdout = "", stderr = "", error } = end;
    const late = timedOut ? "The node ended it: its time was over.\n" : "";
    if (this.#invocation.options.json)
      await written(process.stdout, `${JSON.stringify({ ok: exitCode === 0 && !timedOut, ...end }, null, 2)}\n`);
    else {
      await written(process.stdout, stdout);
      await written(process.stderr, `${stderr}${error ? `${error}\n` : ""}${late}`);
    }
    return timedOut ? timedOutCode : (exitCode ?? 1);
  }
}

/** Waits until it is out: the process ends at once when its exit code is not 0. A reader that has gone is no failure. */
function written(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (text === "") return resolve();
    stream.once("error", () => resolve());
    stream.write(text, () => resolve());
  });
}

/** The node's words: nodes have no code for it. */
const deniedWords = "SYSTEM_RUN_DENIED: ";

function wantsApproval(thrown: unknown): boolean {
  const cause = (thrown as Error).cause as Partial<ErrorShape> | undefined;
  return cause?.message?.startsWith(`${deniedWords}approval required`) === true;
}

/** A no of the node is not a gateway that cannot be reached. */
function asDenied(thrown: Error): Error {
  if (!thrown.message.startsWith(deniedWords)) return thrown;
  const message = `The node refused: ${thrown.message.slice(deniedWords.length)}.`;
  return Object.assign(new Error(message), { kind: "denied", code: "cli.denied", cause: thrown });
}

function wantsYes(): Error {
  return Object.assign(new Error("The node's rules want somebody's yes for this command."), {
    ...{ kind: "denied", code: "cli.approval" },
    hint: "Say it with --approve once (or always), or add the program to node/exec-policy.json on the node.",
  });
}
