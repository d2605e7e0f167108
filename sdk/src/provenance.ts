// Provenance: whose words a conversation holds, and with whose rights it acts. It decides what may happen unasked.

/** With whose rights a message comes: the owner's, those of a guest, or of whoever happens to be in a room. */
export type Audience = "owner" | "guest" | "room";

/** Words that neither the owner nor the house wrote are in a conversation; nothing takes a mark away but a fresh start. */
export interface Mark {
  readonly from: "web" | "guest" | "room" | "hook" | "attachment" | "file" | "tool" | "mcp" | "session" | "memory";
  /** Which one, for people and for the model: a host, a name, a path. */
  readonly what: string;
  /** Unix ms of the first time. */
  readonly at: number;
}

/** What a message carries from the run that sent it: its rights and its marks go on with it. */
export interface Authority {
  readonly audience: Audience;
  readonly marks: readonly Mark[];
  /** Nobody waits for the answer: a question to the owner is a no. */
  readonly isUnattended: boolean;
}

/** So many different sources are named; more of them change nothing. */
export const mostMarks = 20;

/** Earlier marks and new ones, each source once. */
export function addMarks(earlier: readonly Mark[], fresh: readonly Mark[]): readonly Mark[] {
  const all = [...earlier];
  for (const mark of fresh)
    if (all.length < mostMarks && !all.some((item) => item.from === mark.from && item.what === mark.what))
      all.push(mark);
  return all.length === earlier.length ? earlier : all;
}

/** Sources in words: `web example.org, file notes.md`. */
export function marksText(marks: readonly Mark[]): string {
  return marks.map(({ from, what }) => `${from} ${what}`).join(", ");
}
