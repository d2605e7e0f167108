// Loaded before a command: something in its process that prints, as a library may, once the house is there.
import { existsSync } from "node:fs";
import { join } from "node:path";

const sign = join(process.env.HOMARUS_HOME ?? "", "gateway.json");
setInterval(() => {
  if (!existsSync(sign)) return;
  console.log("noise on the console");
  console.info("more of it");
}, 5).unref();
