// Shapes of the set-up wizard. Source: WizardStep and its kin of releases 2026.2.17 and 2026.5.7.
import { anything, flag, list, name, oneOf, open, optional, strict, text } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const start = strict({ mode: optional(oneOf("local", "remote")), workspace: optional(text) });
export const next = strict({
  sessionId: name,
  answer: optional(strict({ stepId: name, value: optional(anything) })),
});
export const session = strict({ sessionId: name });

const state = oneOf("running", "done", "cancelled", "error");
const step = open({
  id: name,
  type: oneOf("note", "select", "text", "confirm", "multiselect", "progress", "action"),
  title: optional(text),
  message: optional(text),
  options: optional(list(open({ value: anything, label: name }))),
});
const turn = { done: flag, step: optional(step), status: optional(state), error: optional(text) };

export const shapes: Group["shapes"] = {
  "wizard.start": { params: start, result: open({ sessionId: name, ...turn }) },
  "wizard.next": { params: next, result: open(turn) },
  "wizard.cancel": { params: session, result: open({ status: state, error: optional(text) }) },
  "wizard.status": { params: session, result: open({ status: state, error: optional(text) }) },
};
