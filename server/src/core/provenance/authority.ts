// With whose rights a message comes, and whose words it brings: decided once, where it comes in.
import { type Audience, type Authority, type InboundMessage, type Mark, peerName } from "@homarus/sdk";

/** What a message brings by itself, or from the run that said it. */
export function authorityOf(message: InboundMessage, audience: Audience): Authority {
  if (message.authority) return message.authority;
  const isUnattended = message.origin === "job" || message.origin === "hook";
  return { audience, marks: marksOf(message, audience), isUnattended };
}

/** Whether the text of a message is what the owner said: by hand, by a program, or in the job that was set up. */
export function isOwnersWord({ origin }: InboundMessage, { audience }: Authority): boolean {
  return audience === "owner" && (origin === "person" || origin === "program" || origin === "job");
}

function marksOf(message: InboundMessage, audience: Audience): readonly Mark[] {
  const at = message.sentAt;
  const who = peerName(message.peer);
  const spoken: readonly Mark[] =
    message.origin === "hook"
      ? [{ from: "hook", what: message.peer.id, at }]
      : audience === "owner"
        ? []
        : [{ from: audience, what: audience === "room" ? (message.place.title ?? message.place.id) : who, at }];
  // A file that the owner hands on was mostly written by somebody else; their own voice was not.
  const files = message.attachments.filter((item) => item.type === "file" || item.type === "image");
  const handed = files.map((item): Mark => ({ from: "attachment", what: item.name ?? item.type, at }));
  return [...spoken, ...handed];
}
