// What the channel contract plays on: a channel, and its platform at the far end, which a test moves by levers.
import type { MediaBlock } from "../content.ts";
import type { Choice, InboundMessage, Receipt } from "../message.ts";
import type { Channel } from "../ports/channel.ts";
import type { FakeClock } from "./clock.ts";
import { expectThat } from "./contract.ts";

/** How somebody writes. Without any of it: words in a direct chat. */
export interface Saying {
  /** In a group, named or not. */
  readonly group?: { readonly addressed: boolean };
  readonly topic?: string;
  /** Answers a message, by the id that the house knows it under. */
  readonly replyTo?: string;
  readonly file?: MediaBlock;
  /** With a file that is larger than the platform hands out. */
  readonly tooLarge?: boolean;
}

/** A message of ours as it stands on the platform, as its reader sees it. */
export interface Shown {
  /** As in the receipt. */
  readonly id: string;
  readonly place: string;
  readonly topic?: string;
  /** Without markup. */
  readonly text: string;
  /** The message it answers, by the id that the house knows it under. */
  readonly replyTo?: string;
  /** Base64 of its file. */
  readonly data?: string;
  /** What its buttons say, in order. */
  readonly choices?: readonly string[];
}

/**
 * How the platform answers the next send: asks to wait, is out of order, was blocked by the person, or refuses the
 * markup.
 */
export type ChannelTrouble =
  | { readonly type: "limited"; readonly seconds: number }
  | { readonly type: "unavailable" | "blocked" | "markup" };

/**
 * A lever that a platform does not have is absent; then no case may need it. Beside the capabilities of manifests,
 * a subject claims `remote` (a platform that can refuse), `login`, `redelivers` (what was not acknowledged comes
 * again), `reconnects` and `dialect` (markup that can be refused).
 */
export interface ChannelWorld {
  readonly clock: FakeClock;
  /** Greatest length of one text, in UTF-16 units as a reader sees it. */
  readonly textLimit: number;
  /** The channel as a fresh process makes it: same platform, same login. */
  open(): Channel;
  /** Somebody writes. Resolves when the platform has it, with the id that the house will know it under. */
  say(text: string, saying?: Saying): Promise<string>;
  /** Hands out the newest message once more. */
  repeat(): Promise<void>;
  /** What the channel sent and what stands, oldest first. */
  shown(): readonly Shown[];
  /** Connections that the platform holds open now. */
  connections(): number;
  /** Hands our own newest message out as news, as platforms do that echo. */
  readonly echo?: () => void;
  readonly drop?: () => void;
  /** How much of what was said is not acknowledged. */
  readonly unconfirmed?: () => number;
  readonly refuse?: (trouble: ChannelTrouble) => void;
  readonly revokeLogin?: () => void;
  /** The next send is carried out, and its answer never comes. */
  readonly loseAnswer?: () => void;
  /** Somebody deletes a message. */
  readonly remove?: (id: string) => void;
  /** Somebody presses a button of a message that stands. */
  readonly press?: (id: string, label: string) => void;
  /** How often "is typing" was shown. */
  readonly typed?: () => number;
}

/** A lever that the case needs. */
export function lever<Name extends keyof ChannelWorld>(
  world: ChannelWorld,
  name: Name,
): NonNullable<ChannelWorld[Name]> {
  const found = world[name];
  expectThat(found !== undefined, `the world has the lever ${name}`);
  return found as NonNullable<ChannelWorld[Name]>;
}

export interface Listening extends AsyncDisposable {
  readonly channel: Channel;
  /** Everything that was handed to the house, repeats among it. */
  readonly heard: readonly InboundMessage[];
  /** What a house that knows each id once keeps. */
  kept(): readonly InboundMessage[];
  keeps(count: number): Promise<void>;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Starts the channel with a house behind it. `store` may reject, as a house that cannot store does. */
export function listenTo(
  world: ChannelWorld,
  store: (message: InboundMessage) => Promise<void> = async () => undefined,
): Listening {
  const channel = world.open();
  const heard: InboundMessage[] = [];
  const life = new AbortController();
  const ended = channel.start(async (message) => {
    await store(message);
    heard.push(message);
  }, life.signal);
  // Who awaits `ended` sees how it ended; a case that looks elsewhere must not die of it.
  ended.catch(() => undefined);
  const kept = () => [...new Map(heard.map((message) => [message.id, message])).values()];
  const stop = async (): Promise<void> => {
    life.abort();
    await ended.catch(() => undefined);
  };
  return {
    ...{ channel, heard, kept, ended, stop },
    keeps: (count) => until(world, () => kept().length >= count, `${count} messages are heard`),
    [Symbol.asyncDispose]: stop,
  };
}

const patienceMs = 4_000;

/** Waits for what must come, and moves the house's clock on meanwhile, so that no wait of the channel is in the way. */
export async function until(world: ChannelWorld, isSo: () => boolean, sentence: string): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!isSo()) {
    expectThat(performance.now() < deadline, sentence);
    await world.clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Sends a text where a message came from, as the house does: composed by the channel where it can. */
export async function reply(
  channel: Channel,
  to: InboundMessage,
  text: string,
  more: {
    readonly attachments?: readonly MediaBlock[];
    readonly replyTo?: string;
    readonly choices?: readonly Choice[];
  } = {},
): Promise<readonly Receipt[]> {
  const { place, account } = to;
  const replyTo = more.replyTo === undefined ? {} : { replyTo: more.replyTo };
  const message = { channel: to.channel, account, place, text, attachments: more.attachments ?? [], ...replyTo };
  const pieces = channel.compose ? channel.compose(message) : [{ place, text, ...replyTo }];
  const receipts: Receipt[] = [];
  const { choices } = more;
  for (const [index, piece] of pieces.entries()) {
    const isLast = choices !== undefined && index === pieces.length - 1;
    receipts.push(await channel.send(isLast ? { ...piece, choices } : piece, new AbortController().signal));
  }
  return receipts;
}
