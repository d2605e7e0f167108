// Loaded before the house: writes the list of loaded modules to the file that LIST_MODULES names, a while after the
// start, or at the end of a command that ends sooner.
import { writeFileSync } from "node:fs";

const target = process.env.LIST_MODULES;
if (target) {
  const write = (): void => writeFileSync(target, JSON.stringify(Object.keys(require.cache)));
  setTimeout(write, 1_500).unref();
  process.on("exit", write);
}
