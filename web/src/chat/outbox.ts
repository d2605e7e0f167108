// What the person sent and the session's log does not have yet. Each message keeps one idempotency key for life, so that
// it can be sent again after a drop without being taken twice. Pure, but for the two functions that keep it in the tab.
import { fieldsOf, textOf } from "./log.ts";

/** An image that goes with a message. */
export interface Picture {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  /** `data:` address of the whole image. */
  readonly address: string;
}

export interface Outgoing {
  /** Idempotency key; the gateway calls the run by it too. */
  readonly key: string;
  readonly text: string;
  readonly pictures: readonly Picture[];
  /** `waiting`: goes out when there is a connection. `accepted`: the gateway has it for good. */
  readonly state: "waiting" | "sending" | "accepted" | "failed";
  readonly problem: string | undefined;
  /** Of the log, when it was written: it stands behind this. Undefined while the log is not known. */
  readonly afterSeq: number | undefined;
  /** The log has it; it is kept until its run has ended, to ask for that run's events again after a drop. */
  readonly isInLog: boolean;
  readonly isSettled: boolean;
  /** Unix ms. */
  readonly at: number;
}

export interface Written {
  readonly key: string;
  readonly text: string;
  readonly pictures: readonly Picture[];
  readonly at: number;
}

export function write(written: Written, afterSeq: number | undefined): Outgoing {
  return { ...written, afterSeq, state: "waiting", problem: undefined, isInLog: false, isSettled: false };
}

/** Params of `chat.send`. Source: wire protocol v3, "Runs, idempotency". */
export function sendParams(sessionKey: string, outgoing: Outgoing) {
  return {
    sessionKey,
    message: outgoing.text,
    idempotencyKey: outgoing.key,
    ...(outgoing.pictures.length === 0 ? {} : { attachments: outgoing.pictures.map(attachment) }),
  };
}

function attachment({ name, mediaType, address }: Picture) {
  return { type: "image", mimeType: mediaType, fileName: name, content: address.slice(address.indexOf(",") + 1) };
}

type Drawer = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const drawerName = (sessionKey: string) => `homarus.outbox.${sessionKey}`;

/** Keeps what is under way over a reload of the tab. Pictures are too large for that; their messages are left out. */
export function keepOutbox(drawer: Drawer, sessionKey: string, outbox: readonly Outgoing[]): void {
  const open = outbox.filter((item) => !item.isSettled && item.state !== "failed" && item.pictures.length === 0);
  const name = drawerName(sessionKey);
  try {
    if (open.length === 0) drawer.removeItem(name);
    else drawer.setItem(name, JSON.stringify(open.map(keptPart)));
  } catch {
    // The drawer is full or closed to us: what is under way still goes out, it only does not outlive a reload.
    drawer.removeItem(name);
  }
}

function keptPart({ key, text, at, afterSeq }: Outgoing) {
  return { key, text, at, afterSeq };
}

export function readOutbox(drawer: Drawer, sessionKey: string): readonly Outgoing[] {
  const kept: unknown = JSON.parse(drawer.getItem(drawerName(sessionKey)) ?? "[]");
  if (!Array.isArray(kept)) return [];
  return kept.map(fieldsOf).flatMap(({ key, text, at, afterSeq }) => {
    const [id, words] = [textOf(key), textOf(text)];
    if (id === undefined || words === undefined) return [];
    return [write({ key: id, text: words, pictures: [], at: numberOf(at) ?? 0 }, numberOf(afterSeq))];
  });
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
