// Fetches what came with a message. A file that cannot be had is named as missing: the words must not be lost for it.
import { type Attachment, Fault, type Fetch, toFault } from "@homarus/sdk";
import type { Api } from "grammy";
import { faultOf } from "./api.ts";
import type { RemoteFile } from "./inbound.ts";

export interface FileParts {
  readonly api: Api;
  readonly fetch: Fetch;
  /** Address of the platform's files for this bot; holds its token. */
  readonly root: string;
  readonly now: () => number;
}

/** Bytes: the platform's limit for getFile (https://core.telegram.org/bots/api#getfile). */
const downloadLimit = 20_000_000;
const tooLarge = "it is larger than the 20 MB that bots may fetch";
/** A file that takes longer must not keep the messages after it waiting. */
const longestMs = 60_000;

export async function fetchFile(file: RemoteFile, parts: FileParts, signal: AbortSignal): Promise<Attachment> {
  const named = file.name ? { name: file.name } : {};
  if ((file.size ?? 0) > downloadLimit) return { type: "missing", ...named, reason: tooLarge };
  try {
    const { file_path: path } = await parts.api.getFile(file.fileId, signal as never);
    const time = AbortSignal.any([signal, AbortSignal.timeout(longestMs)]);
    const answer = await parts.fetch(`${parts.root}/${path}`, { signal: time });
    if (!answer.ok) throw new Fault("unavailable", "telegram.file", `Telegram answered ${answer.status}.`);
    if (Number(answer.headers.get("content-length") ?? 0) > downloadLimit)
      return { type: "missing", ...named, reason: tooLarge };
    return { type: file.type, mediaType: file.mediaType, data: (await answer.bytes()).toBase64(), ...named };
  } catch (thrown) {
    // The fetch's own words may hold the address, and that the token. The model is told that the file is missing; only a stop ends the hearing itself.
    const fault = toFault(faultOf(thrown, parts.now()));
    if (signal.aborted) throw fault;
    return { type: "missing", ...named, reason: fault.kind === "bug" ? "it could not be fetched" : fault.message };
  }
}
