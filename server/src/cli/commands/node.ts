// `homarus node run`: this machine as a node of a gateway, here or elsewhere, until it is told to stop.
import { mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { stateOf } from "../../boot/process.ts";
import type { Invocation } from "../command.ts";
import { openIdentity } from "../node/identity.ts";
import { keepLinked } from "../node/link.ts";
import { Offers } from "../node/offers.ts";
import { openPolicy } from "../node/policy-file.ts";
import { findTarget } from "../node/target.ts";
import { numberOption, textOption } from "../options.ts";
import { printLine } from "../print.ts";

export async function run(invocation: Invocation): Promise<number> {
  const { options, build } = invocation;
  const { folder: stateFolder, configPath } = stateOf(process.env, textOption(options.config));
  const folder = join(stateFolder, "node");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const identity = await openIdentity(folder);
  const policy = openPolicy(join(folder, "exec-policy.json"));
  const life = lifeOfProcess();
  const say = (text: string): void => {
    printLine(options.json ? JSON.stringify({ at: new Date().toISOString(), text }) : text);
  };
  const offers = new Offers({ policy, say, signal: life });
  say(`Commands run under ${policy.path}.`);
  const wish = {
    ...{ folder: stateFolder, configPath, host: textOption(options.host), ...numberOption("port", options.port) },
    ...{ token: textOption(options.token), password: textOption(options.password) },
    ...{ isTls: options.tls === true, fingerprint: textOption(options["tls-fingerprint"]) },
  };
  await keepLinked({
    ...{ identity, name: textOption(options.name)?.trim() || hostname(), version: build.version },
    ...{ target: () => findTarget(wish, process.env), answer: (asked) => offers.answer(asked), say, signal: life },
  });
  await offers.ended();
  return 0;
}

/** Ends with the first signal; a second one ends the process at once. */
function lifeOfProcess(): AbortSignal {
  const life = new AbortController();
  const stop = (): void => {
    if (life.signal.aborted) process.exit(130);
    life.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return life.signal;
}
