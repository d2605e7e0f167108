// The entry of a checkout: the web page comes from the build folder.
import { join } from "node:path";
import { version } from "../../package.json";
import { folderAsset } from "../boot/assets.ts";
import { main } from "./main.ts";

const page = join(import.meta.dirname, "..", "..", "dist", "web");
// What has failed must not live on by a socket or a timer that was left open.
process.exitCode = await main(process.argv.slice(2), { version, asset: folderAsset(page) });
if (process.exitCode !== 0) process.exit();
