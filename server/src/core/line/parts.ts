// What the line is handed by the composition root: the rooms' outside, as plain functions.
import type {
  AgentSessions,
  Channel,
  Clock,
  InboundMessage,
  InboxRow,
  Log,
  ModelInfo,
  Outcome,
  Owner,
  SessionFacts,
  Store,
  ThinkingLevel,
  ToolCallBlock,
  ToolFacts,
  ToolOutput,
  ToolSpec,
} from "@homarus/sdk";
import type { WorkspaceTexts } from "../agent/prompt.ts";
import type { StepParts } from "../agent/step.ts";
import type { ApprovalBook } from "../approvals/book.ts";
import type { Signer } from "../audit/receipt.ts";
import type { Checkpoints } from "../checkpoints/checkpoints.ts";
import type { Rates } from "../context/learn.ts";
import type { ContextSettings } from "../context/settings.ts";
import type { Reserve } from "../costs/reserve.ts";
import type { Halt } from "../halt/halt.ts";
import type { AdmitRooms } from "../inbox/admit.ts";
import type { Limits } from "../limits/limits.ts";
import type { ModelChoice } from "../models/chain.ts";
import type { Delivery } from "../outbox/deliver.ts";
import type { PolicyCase, PolicySettings, PolicyTool } from "../policy/case.ts";
import type { ToolHooks } from "../policy/hooks.ts";
import type { FileMarks } from "../provenance/file-marks.ts";
import type { Touched } from "../provenance/touched.ts";
import type { RouteRules } from "../route/route.ts";
import type { KeptLogs } from "../sessions/kept-logs.ts";
import type { Tap } from "../tap.ts";
import type { OutsideTools, OutsideWish } from "../toolsets/outside.ts";

/** An Agent as configured. */
export interface AgentSettings {
  readonly id: string;
  readonly name: string;
  /** `provider/model`; undefined takes whatever is set up. */
  readonly model: string | undefined;
  readonly thinking: ThinkingLevel;
  readonly persona: string | undefined;
  readonly maxSteps: number;
  readonly timeoutMs: number;
  /** The most that is read of a session; undefined where only the model's window counts. */
  readonly historyChars: number | undefined;
  readonly policy: PolicySettings;
  /** How long a question to the owner stands. */
  readonly approvalTimeoutMs: number;
}

/** Which models answer a run. */
export interface ModelWish {
  /** A model, a tier or an alias; undefined takes what is set up. */
  readonly name: string | undefined;
  /** Somebody chose it for this conversation or message: no other may stand in. */
  readonly byHand: boolean;
  readonly thinking: ThinkingLevel;
  /** Id of the session, which keeps to one key so that the vendor's cache holds. */
  readonly session: string;
}

export interface LineModels {
  /** Rejects with a `config` or `invalid` Fault where the name means nothing that is set up. */
  asking(wish: ModelWish): Promise<StepParts["asking"]>;
  readonly watch: StepParts["watch"];
  readonly stream: StepParts["stream"];
}

/** A call that the line asks the house to carry out, with the facts a tool may want. */
export interface CallRequest {
  readonly call: ToolCallBlock;
  readonly runId: string;
  readonly sessionKey: string;
  readonly agent: string;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
  readonly sessions: AgentSessions;
  /** To be told what the call touches. */
  readonly touched?: Touched;
  readonly owner?: Owner;
  readonly facts: () => Promise<Pick<SessionFacts, "model" | "channel" | "startedAt" | "messages" | "tokens">>;
}

export interface ContextParts {
  settings(): ContextSettings;
  /** What is known of a model; undefined where nothing is. */
  facts(choice: ModelChoice): ModelInfo | undefined;
  readonly rates: Rates;
  /** Adds lines to the notes of this day in the agent's workspace, those that are not there yet. */
  remember(agent: string, lines: readonly string[], at: number): Promise<void>;
}

/** The answer of the one door. */
export interface Received {
  /** False when this message id was known before; `ended` then tells of the first. */
  readonly isNew: boolean;
  readonly row: InboxRow;
  readonly ended: Promise<Outcome>;
}

export interface LineParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly tap: Tap;
  readonly newId: () => string;
  /** Takes every secret out of a value that is kept or shown. */
  redact<T>(value: T): T;
  /** The time in words, with its zone, for the prompt. */
  timeText(at: number): string;
  readonly keptLogs: KeptLogs;
  /** Fires at shutdown: runs end without an outcome and go on after the next start. */
  readonly signal: AbortSignal;
  readonly admission: AdmitRooms;
  readonly delivery: Delivery;
  routeRules(): RouteRules;
  agent(id: string): AgentSettings;
  /** The channel a reply goes out on; undefined where the session log is the delivery. */
  channel(message: InboundMessage): { readonly channel: Channel; readonly editEveryMs: number | undefined } | undefined;
  /** Which model a name means first; without a name what is set up. Throws a `config` or `invalid` Fault. */
  chooseModel(name: string | undefined): ModelChoice;
  readonly models: LineModels;
  readonly repairJson: StepParts["repair"];
  readonly context: ContextParts;
  /** Holds money for a call. */
  readonly reserve: Reserve;
  workspace(agent: string): Promise<WorkspaceTexts>;
  readonly toolSpecs: readonly ToolSpec[];
  readonly toolFacts: ReadonlyMap<string, ToolFacts>;
  /** Reaches the servers that a run may have tools of. Takes seconds at most, and never rejects. */
  outsideTools(wish: OutsideWish): Promise<OutsideTools>;
  execute(request: CallRequest): Promise<ToolOutput>;
  readonly limits: Limits;
  readonly halt: Halt;
  readonly approvals: ApprovalBook;
  readonly signer: Signer;
  readonly checkpoints: Checkpoints;
  /** The owner's programs around calls. */
  readonly hooks: ToolHooks;
  readonly fileMarks: FileMarks;
  /** What the policy knows of a tool; of one that is not there, that it may do anything. */
  policyTool(name: string): PolicyTool;
  /** Id of the sandbox that the session's commands run in. */
  sandboxOf(agent: string, sessionKey: string): string;
  /** What the guard says of a shell command. */
  judgeCommand(command: string, at: Pick<PolicyCase, "agent">): Promise<PolicyCase["command"]>;
  /** One line for a person who must decide about the call. */
  preview(call: ToolCallBlock): Promise<string>;
  /** Paths of the agent's workspace that changed since, Unix ms. */
  changedFiles(agent: string, since: number): Promise<readonly string[]>;
  /** One line about the house for `/status`. */
  houseStatus(): string;
}
