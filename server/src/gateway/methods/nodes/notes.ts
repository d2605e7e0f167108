// What became of a command on a node, as a note in the session it was run for. The node is answered at once: a note waits
// until the session's run is over, and that run may be waiting for the node.
import { toFault } from "@homarus/sdk";
import type { Door } from "../../door.ts";
import type { Call } from "../handler.ts";
import type { Fields } from "./words.ts";

/** Source: release 2026.2.17. */
const longestOutput = 180;
const longestCommand = 500;
const mostWaiting = 100;

type What = "started" | "finished" | "denied";

export class NodeNotes {
  readonly #door: Door;
  #waiting = 0;

  constructor(door: Door) {
    this.#door = door;
  }

  async leave(what: What, fields: Fields, { caller }: Call): Promise<string | undefined> {
    const { house } = this.#door;
    const given = wordIn(fields.sessionKey) || `node-${caller.deviceId}`;
    const key = house.sessions.resolveKey(given);
    const text = noteOf(what, fields, caller.displayName ?? caller.deviceId ?? "");
    if (text === undefined) return "nothing_to_tell";
    // Nodes name a session of their own when nobody gave them one: no conversation is made of that.
    if (key !== house.sessions.resolveKey("main") && !(await house.store.session(key))) return "no_session";
    if (this.#waiting >= mostWaiting) return "too_many";
    this.#waiting += 1;
    house.sessions
      .note(key, text)
      .catch((thrown: unknown) => house.log.warn("gateway.node-note-lost", { fault: toFault(thrown).toJSON() }))
      .finally(() => {
        this.#waiting -= 1;
      });
    return undefined;
  }
}

function noteOf(what: What, fields: Fields, node: string): string | undefined {
  const runId = wordIn(fields.runId);
  const head = `Exec ${what} (node=${node}${runId && ` id=${runId.slice(0, 100)}`}`;
  const command = wordIn(fields.command).slice(0, longestCommand);
  const of = command && `: ${command}`;
  if (what === "started") return `${head})${of}`;
  if (what === "denied") {
    const reason = wordIn(fields.reason).slice(0, 100);
    return `${head}${reason && `, ${reason}`})${of}`;
  }
  const isTimedOut = fields.timedOut === true;
  const exitCode = typeof fields.exitCode === "number" ? fields.exitCode : undefined;
  const output = shortened(wordIn(fields.output));
  if (!isTimedOut && exitCode === 0 && output === "") return undefined;
  return `${head}, ${isTimedOut ? "timeout" : `code ${exitCode ?? "?"}`})${output && `\n${output}`}`;
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= longestOutput ? line : `${line.slice(0, longestOutput - 1)}…`;
}

function wordIn(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}
