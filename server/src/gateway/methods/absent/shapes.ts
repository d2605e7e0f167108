// Shapes of the methods whose feature this build does not have. Source: release 2026.5.7.
import { anything, flag, list, name, open, optional, orNull, strict } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

const where = { sessionKey: optional(name), runId: optional(name), taskId: optional(name) };
export const artifacts = strict(where);
export const artifact = strict({ ...where, artifactId: name });
export const pluginPatch = strict({
  ...{ key: name, pluginId: name, namespace: name },
  value: optional(anything),
  unset: optional(flag),
});
export const cleanup = strict({
  agent: optional(name),
  allAgents: optional(flag),
  enforce: optional(flag),
  activeKey: optional(name),
  fixMissing: optional(flag),
});

const inSession = strict({ sessionKey: name, agentId: optional(name) });
const none = strict({});
const refused = { params: undefined, result: open({}) };

export const shapes: Group["shapes"] = {
  "doctor.memory.status": { params: undefined, result: open({ agentId: name, embedding: open({ ok: flag }) }) },
  "doctor.memory.dreamDiary": { params: undefined, result: open({ found: flag }) },
  ...{ "doctor.memory.remHarness": refused, "doctor.memory.backfillDreamDiary": refused },
  ...{ "doctor.memory.resetDreamDiary": refused, "doctor.memory.resetGroundedShortTerm": refused },
  ...{ "doctor.memory.repairDreamingArtifacts": refused, "doctor.memory.dedupeDreamDiary": refused },
  "artifacts.list": { params: artifacts, result: open({ artifacts: list(anything) }) },
  ...{ "artifacts.get": { params: artifact, result: open({}) } },
  ...{ "artifacts.download": { params: artifact, result: open({}) }, "assistant.media.get": refused },
  "sessions.pluginPatch": { params: pluginPatch, result: open({}) },
  "sessions.cleanup": { params: cleanup, result: open({ ok: flag, mode: name, wouldMutate: flag }) },
  "nativeHook.invoke": refused,
  // Source of these: release 2026.9.6.
  "openclaw.approval.list": { params: none, result: list(anything) },
  "question.list": { params: none, result: open({ questions: list(anything) }) },
  "progressCard.get": { params: strict({ sessionKey: name }), result: open({ card: orNull(anything) }) },
  "sessions.branches.list": { params: inSession, result: open({ branches: list(anything) }) },
  "sessions.companion.state": { params: inSession, result: open({ exchanges: list(anything) }) },
  "sessions.observer.visibility": { params: strict({ visible: flag }), result: open({ ok: flag }) },
  "skills.library.list": { params: undefined, result: open({ entries: list(anything) }) },
  "themes.list": refused,
};
