// Channel: an adapter to one messaging platform. It hears Messages and sends pieces; it decides nothing about access,
// sessions or agents.
import type { InboundMessage, OutboundMessage, Piece, Place, Receipt } from "../message.ts";

/**
 * Hands a heard message to the house. Resolves once the inbox row is durable, and only then may the channel
 * acknowledge to its platform. Calling it again with the same id is harmless: the second is known and dropped.
 * Rejects only when the message could not be stored; then the channel must not acknowledge.
 */
export type Receive = (message: InboundMessage) => Promise<void>;

/** Whether an uncertain piece arrived: a receipt if it did, `absent` if it surely did not, `unknown` if none can tell. */
export type Sighting = Receipt | "absent" | "unknown";

export interface Channel {
  /**
   * Connects and hears until `signal` is aborted; then resolves within a second and leaves no timer or socket.
   * Reconnects by itself after a drop, without loss and without hearing its own messages. Rejects with a Fault only
   * for what reconnecting cannot mend (`auth`: the login is refused; `config`: a setting is wrong).
   */
  start(receive: Receive, signal: AbortSignal): Promise<void>;

  /**
   * Sends one piece and resolves with the platform's receipt. One try: retries are the outbox's. Rejects with a Fault:
   * `limited` with `retryAt` where the platform asks to wait, `unavailable` where it could not be reached,
   * `invalid` where the platform will never take this piece.
   */
  send(piece: Piece, signal: AbortSignal): Promise<Receipt>;

  /**
   * Cuts a reply into pieces the platform takes, each in its dialect and within its limits measured after escaping.
   * Pure and repeatable: the same message gives the same pieces. Without it the house sends the text as one piece.
   */
  compose?(message: OutboundMessage): readonly Piece[];

  /**
   * Capability `edits`: puts `piece` in the place of what was sent as `id`. Repeating it is harmless.
   * Rejects like `send`; `invalid` when the message is gone.
   */
  edit?(id: string, piece: Piece, signal: AbortSignal): Promise<Receipt>;

  /**
   * Capability `sightings`: after a crash between send and receipt, whether the piece arrived. `known` are the
   * newest platform ids in that place, ours and theirs, from just before it was sent: the piece can only be newer.
   */
  find?(piece: Piece, known: readonly string[], signal: AbortSignal): Promise<Sighting>;

  /** Capability `typing`: shows that an answer is in the making, for a few seconds. Never rejects for long: best effort. */
  typing?(place: Place, signal: AbortSignal): Promise<void>;

  /** Who we are on the platform, once known; for status pages. */
  identity?(): string | undefined;
}
