// Node's crypto, loaded when the first device proves itself: a gateway at rest does without its 7 MB.

import type * as NodeCrypto from "node:crypto";

export function nodeCrypto(): typeof NodeCrypto {
  return process.getBuiltinModule("node:crypto");
}
