// How the log stands: what its cuts and trims came to. All of it is written in the log itself, so that the model reads
// the same after a restart as before, and what is once shortened stays as it is.
import type { Entry, KeptNote, Trim } from "@homarus/sdk";

export interface Standing {
  /** Seq of the first entry that is read. */
  readonly keptFrom: number;
  /** Notes on what stands before it. */
  readonly summary: string | undefined;
  readonly notes: readonly KeptNote[];
  readonly trim: Trim;
  /** Seq of the last event that changed what is read; 0 when none did. */
  readonly changedAt: number;
}

const noTrim: Trim = { soft: 0, hard: 0, media: 0 };

export function standingOf(entries: readonly Entry[]): Standing {
  let standing: Standing = { keptFrom: 1, summary: undefined, notes: [], trim: noTrim, changedAt: 0 };
  for (const { seq, body } of entries) {
    if (body.type !== "event") continue;
    if (body.trim) standing = { ...standing, trim: body.trim, changedAt: seq };
    if (body.keptFrom === undefined) continue;
    const { keptFrom, summary, notes = [] } = body;
    standing = { ...standing, keptFrom, summary, notes, changedAt: seq };
  }
  return standing;
}
