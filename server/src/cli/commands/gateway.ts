// `homarus gateway`: starts the house, says where to go, and stays until it is told to stop.
import { openInBrowser, type StartedProcess, startProcess } from "../../boot/process.ts";
import type { Invocation } from "../command.ts";
import { numberOption } from "../options.ts";

const graceMs = 10_000;

export async function run(invocation: Invocation): Promise<number> {
  const { options, build } = invocation;
  const started = await startProcess({
    version: build.version,
    asset: build.asset,
    environment: process.env,
    ...(typeof options.config === "string" ? { configPath: options.config } : {}),
    ...(typeof options.host === "string" ? { host: options.host } : {}),
    ...numberOption("port", options.port),
    ...(options["log-json"] ? { logFormat: "json" as const } : {}),
    ...(options.verbose ? { logLevel: "debug" as const } : {}),
  });
  console.log(options.json ? JSON.stringify(facts(started)) : welcome(started, build.version));
  if (options.ui && !openInBrowser(chatAddress(started)))
    console.error("No browser could be opened; go to the address above.");
  await stopSignal();
  console.error("Stopping: work that is under way is finished, or goes on after the next start.");
  await started.stop(graceMs);
  return 0;
}

function facts(started: StartedProcess) {
  return {
    ok: true,
    chat: chatAddress(started),
    port: started.port,
    host: started.host,
    token: started.token,
    ...(started.tls && { tls: started.tls }),
    ...(started.tailscale && { tailscale: started.tailscale }),
    model: started.model,
    stateFolder: started.stateFolder,
  };
}

function chatAddress({ host, port, token, tls }: StartedProcess): string {
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http${tls ? "s" : ""}://${shown.includes(":") ? `[${shown}]` : shown}:${port}/chat${token ? `#token=${token}` : ""}`;
}

function welcome(started: StartedProcess, version: string): string {
  const isOffline = started.model?.startsWith("offline/") ?? true;
  const next = isOffline
    ? "next:  it runs on the offline demonstration; for a real model set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY and start again"
    : `next:  open the chat and say hello to ${started.model}`;
  return [
    `Homarus ${version} is running.`,
    `chat:  ${chatAddress(started)}`,
    ...fromAfar(started),
    ...(started.token ? [`token: ${started.token}`] : []),
    `state: ${started.stateFolder}`,
    next,
  ].join("\n");
}

function fromAfar({ tls, tailscale }: StartedProcess): string[] {
  return [
    ...(tailscale?.url ? [`tailscale ${tailscale.mode}: ${tailscale.url}/chat`] : []),
    ...(tailscale?.problem ? [`tailscale: ${tailscale.problem}`] : []),
    ...(tls ? [`certificate, SHA-256: ${tls.fingerprint}`] : []),
  ];
}

/** The first signal asks for a tidy end; a second one ends at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (): void => {
      if (asked) process.exit(130);
      asked = true;
      resolve();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}
