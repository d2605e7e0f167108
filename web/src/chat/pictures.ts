// Images that the person pastes, drops or chooses: checked against what the gateway takes, and read whole.
import type { Picture } from "./outbox.ts";

/** Source: wire protocol v3, "Runs": 5 MB for one attachment; and all have to fit into one frame of 25 MiB. */
export const pictureLimits = { bytes: 5_000_000, bytesInAll: 18_000_000 } as const;

const types: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

type FileFacts = Pick<File, "name" | "type" | "size">;

/** Why a file cannot go with the message, in words for the person; undefined when it can. */
export function refusal(file: FileFacts, chosen: readonly { readonly bytes: number }[]): string | undefined {
  if (!types.has(file.type)) return `${file.name} is not an image of a kind that can be sent (PNG, JPEG, GIF, WebP).`;
  if (file.size > pictureLimits.bytes)
    return `${file.name} has ${megabytes(file.size)} MB; at most ${megabytes(pictureLimits.bytes)} MB can be sent. Make it smaller.`;
  const inAll = chosen.reduce((sum, picture) => sum + picture.bytes, file.size);
  if (inAll > pictureLimits.bytesInAll)
    return `With ${file.name} the message would be too large. Send it in the next one.`;
  return undefined;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1).replace(/\.0$/, "");
}

export function readPicture(file: File): Promise<Picture> {
  const { promise, resolve, reject } = Promise.withResolvers<Picture>();
  const reader = new FileReader();
  reader.onload = () =>
    resolve({ name: file.name, mediaType: file.type, bytes: file.size, address: String(reader.result) });
  reader.onerror = () => reject(new Error(`${file.name} could not be read.`));
  reader.readAsDataURL(file);
  return promise;
}
