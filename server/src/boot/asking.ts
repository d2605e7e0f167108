// Where a question to the owner is asked: with the approver that is named, in the owner's own chat that it comes from, or
// where the owner last spoke. The web page and other clients hear of it by themselves.
import { type Approval, type HouseEvent, type Log, type RunEvent, type Store, toFault } from "@homarus/sdk";
import { askText, choicesOf } from "../core/approvals/words.ts";
import type { Spot, Voice } from "../core/jobs/parts.ts";
import type { HouseConfig } from "../host/config/schema.ts";

export interface AskingParts {
  readonly log: Log;
  readonly store: Pick<Store, "commit" | "session">;
  readonly voice: Voice;
  readonly watch: (listener: (event: RunEvent | HouseEvent) => void) => unknown;
  readonly approver: () => HouseConfig["approvals"]["approver"];
  readonly agent: () => string;
  readonly now: () => number;
}

export function askOwners(parts: AskingParts): void {
  const { log, watch } = parts;
  watch((event) => {
    if (event.type !== "approval-requested") return;
    ask(event.approval, parts).catch((thrown: unknown) =>
      log.warn("approval.unsaid", { approval: event.approval.id, fault: toFault(thrown).toJSON() }),
    );
  });
}

async function ask(approval: Approval, parts: AskingParts): Promise<void> {
  const { place } = await spotOf(approval, parts);
  if (!place) return;
  // Not noted in a session: the one that asks holds its lane while it waits.
  const speech = { spot: { place }, text: askText(approval, parts.now()), choices: choicesOf(approval) };
  await parts.voice.say({ ...speech, id: `approval:${approval.id}`, spokenIn: "" }, (writes) =>
    parts.store.commit(writes),
  );
}

async function spotOf({ request }: Approval, { voice, approver, agent, store }: AskingParts): Promise<Spot> {
  const named = approver();
  if (named) {
    const { channel, account = "default", place } = named;
    return { place: { channel, account, place: { id: place, type: "direct" } } };
  }
  const own = request.audience === "owner" ? await store.session(request.sessionKey) : undefined;
  if (own?.last && own.last.type !== "group")
    return voice.find({ channel: own.last.channel }, { agent: request.agent, sessionKey: request.sessionKey });
  return voice.find({}, { agent: agent() });
}
