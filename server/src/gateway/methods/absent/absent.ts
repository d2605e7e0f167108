// What a client asks of features that this build does not have: an empty list where nothing is the truth, else a refusal
// that says what there is instead.
import { defaultAgent } from "../../default-agent.ts";
import { invalid, Refusal } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

function memoryStatus(_input: unknown, { door }: Call): unknown {
  const agentId = defaultAgent(door.house.agents())?.id ?? "main";
  const error = "memory with recall is not part of this build; the agent keeps what matters in MEMORY.md";
  return { agentId, provider: "none", embedding: { ok: false, error } };
}

function noDiary(_input: unknown, { door }: Call): unknown {
  return { agentId: defaultAgent(door.house.agents())?.id ?? "main", found: false, path: "DREAMS.md" };
}

function refuse(what: string): () => never {
  return () => {
    throw new Refusal({ code: "UNAVAILABLE", message: `${what} is not part of this build` });
  };
}

const noDreams = refuse("the dream diary");

function noArtifact(input: ParamsOf<typeof params.artifact>): never {
  throw invalid(`artifact not found: ${input.artifactId}`);
}

function noExtension(input: ParamsOf<typeof params.pluginPatch>): never {
  throw invalid(`unknown plugin: ${input.pluginId}`);
}

/** The store keeps every session: there are no files that could be missing or too many. */
const cleanup = () => ({ ok: true, mode: "off", wouldMutate: false, applied: false, missing: 0, pruned: 0, capped: 0 });

/** Skills are files of the workspace (`skills.list`): none are shared between people. */
const noLibrary = () => ({
  ...{ entries: [], profileId: null, multipleProfiles: false, defaultTarget: "unavailable" },
  ...{ canManageWorkspace: false, defaultSelectionLimit: 64 },
});

export const handlers: Group["handlers"] = {
  ...{
    "doctor.memory.status": memoryStatus,
    "doctor.memory.dreamDiary": noDiary,
    "doctor.memory.remHarness": noDreams,
  },
  ...{ "doctor.memory.backfillDreamDiary": noDreams, "doctor.memory.resetDreamDiary": noDreams },
  ...{ "doctor.memory.resetGroundedShortTerm": noDreams, "doctor.memory.repairDreamingArtifacts": noDreams },
  ...{ "doctor.memory.dedupeDreamDiary": noDreams, "artifacts.list": () => ({ artifacts: [] }) },
  ...{ "artifacts.get": noArtifact, "artifacts.download": noArtifact },
  ...{ "assistant.media.get": refuse("media by reference"), "sessions.pluginPatch": noExtension },
  ...{ "sessions.cleanup": cleanup, "nativeHook.invoke": refuse("native hooks") },
  ...{ "openclaw.approval.list": () => [], "question.list": () => ({ questions: [] }) },
  ...{ "progressCard.get": () => ({ card: null }), "sessions.branches.list": () => ({ branches: [] }) },
  ...{ "sessions.companion.state": () => ({ exchanges: [] }), "sessions.observer.visibility": () => ({ ok: true }) },
  ...{ "skills.library.list": noLibrary, "themes.list": refuse("a theme of the gateway") },
};
