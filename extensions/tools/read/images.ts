// Tells images by their first bytes; a name can say anything.

/** Media types that every vendor's models take, with the bytes such a file begins with (`undefined` fits any byte). */
const signatures: readonly (readonly [mediaType: string, bytes: readonly (number | undefined)[]])[] = [
  ["image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/gif", [0x47, 0x49, 0x46, 0x38]],
  ["image/webp", [0x52, 0x49, 0x46, 0x46, undefined, undefined, undefined, undefined, 0x57, 0x45, 0x42, 0x50]],
];

export const signatureLength = 12;

export function imageType(head: Uint8Array): string | undefined {
  return signatures.find(([, bytes]) => bytes.every((byte, index) => byte === undefined || head[index] === byte))?.[0];
}
