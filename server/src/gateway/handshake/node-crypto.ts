// Node's crypto, loaded when the first device proves itself: a gateway at rest does without its 7 MB.

export function nodeCrypto(): typeof import("node:crypto") {
  return process.getBuiltinModule("node:crypto");
}
