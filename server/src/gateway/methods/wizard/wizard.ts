// wizard.*: a short set-up by question and answer: which model the house should run on. One at a time.
import type { Door } from "../../door.ts";
import { invalid } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

interface Step {
  readonly id: string;
  readonly type: "select" | "note";
  readonly title: string;
  readonly message: string;
  readonly options?: readonly { readonly value: string; readonly label: string; readonly hint?: string }[];
  readonly initialValue?: string;
}

type Turn = { readonly done: boolean; readonly step?: Step; readonly status: string; readonly error?: string };

/** The wizard that goes on; it dies with the process, since nothing is written before its end. */
class Wizard {
  sessionId: string | undefined;
  step: Step | undefined;
}

async function start(_input: unknown, { door }: Call): Promise<unknown> {
  const wizard = door.part(Wizard);
  if (wizard.sessionId !== undefined) throw invalid("wizard already running");
  wizard.sessionId = crypto.randomUUID();
  wizard.step = await modelStep(door);
  return { sessionId: wizard.sessionId, done: false, step: wizard.step, status: "running" };
}

async function modelStep(door: Door): Promise<Step> {
  const models = await door.house.models();
  const options = models
    .filter((model) => model.available)
    .map((model) => ({ value: `${model.provider}/${model.id}`, label: model.name, hint: model.provider }));
  return {
    ...{ id: "model", type: "select", title: "Model", options },
    message: "Which model should the agent run on? More appear when their key is set, for example ANTHROPIC_API_KEY.",
    ...(options[0] === undefined ? {} : { initialValue: options[0].value }),
  };
}

async function next(input: ParamsOf<typeof params.next>, { door }: Call): Promise<unknown> {
  const wizard = running(door, input.sessionId);
  const { step } = wizard;
  if (!step || !input.answer) return { done: false, step, status: "running" };
  if (input.answer.stepId !== step.id) throw invalid(`the wizard is at step ${step.id}`);
  if (step.id === "model") return chosen(door, wizard, input.answer.value);
  wizard.sessionId = undefined;
  return { done: true, status: "done" } satisfies Turn;
}

/** A wrong answer changes nothing: the same question stands. */
async function chosen(door: Door, wizard: Wizard, value: unknown): Promise<Turn> {
  const { step } = wizard;
  if (typeof value !== "string" || !step?.options?.some((option) => option.value === value))
    throw invalid("choose one of the options");
  await door.house.config.edit([{ path: ["agents", "defaults", "model"], value }], undefined, "the wizard");
  const message = `The agent runs on ${value}. Open the chat page and say hello.`;
  wizard.step = { id: "end", type: "note", title: "Ready", message };
  return { done: false, step: wizard.step, status: "running" };
}

function cancel(input: ParamsOf<typeof params.session>, { door }: Call): unknown {
  running(door, input.sessionId).sessionId = undefined;
  return { status: "cancelled", error: "cancelled" };
}

function status(input: ParamsOf<typeof params.session>, { door }: Call): unknown {
  running(door, input.sessionId);
  return { status: "running" };
}

function running(door: Door, sessionId: string): Wizard {
  const wizard = door.part(Wizard);
  if (wizard.sessionId !== sessionId) throw invalid("wizard not found", { code: "WIZARD_NOT_FOUND" });
  return wizard;
}

export const handlers: Group["handlers"] = {
  "wizard.start": start,
  "wizard.next": next,
  "wizard.cancel": cancel,
  "wizard.status": status,
};
