// A run as it is told live (`agent` events): its steps with thinking, text and tool calls, until the session's log has
// them. Pure. The gateway tells the whole text of a step so far, so a missed event leaves no hole.
import { fieldsOf, textOf } from "./log.ts";

export interface LiveCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  readonly progress: string;
  readonly result: string | undefined;
  readonly state: "running" | "done" | "failed";
}

export interface LiveStep {
  readonly key: string;
  readonly thinking: string;
  readonly text: string;
  readonly callIds: readonly string[];
}

export interface RunEnd {
  readonly state: "final" | "aborted" | "error";
  readonly problem: string | undefined;
}

export interface LiveRun {
  readonly runId: string;
  /** Of the log, when the run was first heard of. */
  readonly afterSeq: number;
  readonly steps: readonly LiveStep[];
  readonly calls: ReadonlyMap<string, LiveCall>;
  /** It did something: its words stand in the log, or will. */
  readonly hasBegun: boolean;
  /** The connection was lost since: what is shown may be void. */
  readonly isStale: boolean;
  /** Why nothing is heard: the model is asked again after this trouble, waited for, or its history is shortened. */
  readonly trouble: string | undefined;
  readonly end: RunEnd | undefined;
  readonly stepsMade: number;
}

/** Payload of an `agent` event. Source: wire protocol v3, "Events". */
export interface AgentEvent {
  readonly runId: string;
  readonly sessionKey: string;
  readonly stream: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export function readAgentEvent(payload: unknown): AgentEvent | undefined {
  const { runId, sessionKey, stream, data } = fieldsOf(payload);
  if (typeof runId !== "string" || typeof sessionKey !== "string" || typeof stream !== "string") return undefined;
  return { runId, sessionKey, stream, data: fieldsOf(data) };
}

export function beginRun(runId: string, afterSeq: number): LiveRun {
  return {
    ...{ runId, afterSeq, steps: [], calls: new Map(), stepsMade: 0 },
    ...{ hasBegun: false, isStale: false, trouble: undefined, end: undefined },
  };
}

export function hearAgent(run: LiveRun, { stream, data }: AgentEvent): LiveRun {
  switch (stream) {
    case "lifecycle":
      // A run that starts again was taken up after a restart: what its last step had said is void.
      return data.phase === "start"
        ? { ...beginRun(run.runId, run.afterSeq), ...begun, stepsMade: run.stepsMade }
        : run;
    case "assistant":
      return hearWords(run, "text", data);
    case "thinking":
      return hearWords(run, "thinking", data);
    case "tool":
      return hearTool(run, data);
    case "progress":
    case "compaction":
      return { ...run, trouble: textOf(data.text) };
    case "fault":
      return {
        ...run,
        steps: withoutVoid(run.steps),
        trouble: `${textOf(data.error) ?? "The model failed."} Trying again…`,
      };
    default:
      return run;
  }
}

/** What the failed step had said is void; a step that came to its calls is not the one that failed. */
function withoutVoid(steps: readonly LiveStep[]): readonly LiveStep[] {
  return steps.at(-1)?.callIds.length === 0 ? steps.slice(0, -1) : steps;
}

const begun = { hasBegun: true, isStale: false, trouble: undefined } as const;

function hearWords(run: LiveRun, field: "text" | "thinking", data: AgentEvent["data"]): LiveRun {
  const words = textOf(data.text) ?? "";
  const last = run.steps.at(-1);
  if (last && continues(last, { run, field, words, delta: textOf(data.delta) ?? "" }))
    return { ...run, ...begun, steps: [...run.steps.slice(0, -1), { ...last, [field]: words }] };
  const step = { ...emptyStep(run), [field]: words };
  return { ...run, ...begun, stepsMade: run.stepsMade + 1, steps: [...(run.isStale ? [] : run.steps), step] };
}

interface Words {
  readonly run: LiveRun;
  readonly field: "text" | "thinking";
  readonly words: string;
  readonly delta: string;
}

/** The words grow with each event of a step; words that begin anew, or come after calls, are the next step's. */
function continues(last: LiveStep, { run, field, words, delta }: Words): boolean {
  if (last.callIds.length > 0) return false;
  if (run.isStale) return words.startsWith(last[field]) && (field === "text" || last.text === "");
  if (last[field] === "") return field === "text" || last.text === "";
  return words.length > delta.length;
}

function emptyStep(run: LiveRun): LiveStep {
  return { key: `${run.runId}#${run.stepsMade}`, thinking: "", text: "", callIds: [] };
}

function hearTool(run: LiveRun, data: AgentEvent["data"]): LiveRun {
  const id = textOf(data.toolCallId) ?? "";
  const known = run.calls.get(id);
  const call = {
    ...(known ?? { id, name: textOf(data.name) ?? "tool", input: undefined, progress: "", result: undefined }),
    ...toolChange(data),
  };
  const calls = new Map(run.calls).set(id, call);
  if (run.steps.some((step) => step.callIds.includes(id))) return { ...run, ...begun, calls };
  const last = run.isStale ? undefined : run.steps.at(-1);
  if (last) {
    const grown = { ...last, callIds: [...last.callIds, id] };
    return { ...run, ...begun, calls, steps: [...run.steps.slice(0, -1), grown] };
  }
  const step = { ...emptyStep(run), callIds: [id] };
  return { ...run, ...begun, calls, stepsMade: run.stepsMade + 1, steps: [step] };
}

function toolChange(data: AgentEvent["data"]): Pick<LiveCall, "state"> & Partial<LiveCall> {
  if (data.phase === "start") return { state: "running", input: data.args, result: undefined };
  if (data.phase === "update") return { state: "running", progress: contentText(data.partialResult) };
  return { state: data.isError === true ? "failed" : "done", result: contentText(data.result) };
}

function contentText(value: unknown): string {
  const { content } = fieldsOf(value);
  return Array.isArray(content) ? content.map((block) => textOf(fieldsOf(block).text) ?? "").join("\n") : "";
}
